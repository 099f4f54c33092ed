"""The ground floor: database, base classes, encrypted columns, migrations."""
