"""Lint 检查: everything wrong with the catalogue, found at once. One module a concern; `run` collects."""
