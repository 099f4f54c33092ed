"""The catalogue 目录: the street office's 132 service items, as YAML that its maintainers edit."""
