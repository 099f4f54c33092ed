"""Benchmarks, as commands: nothing here is a test, machines are too different."""
