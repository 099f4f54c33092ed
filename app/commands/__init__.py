"""The commands of `./onecall`, one module each.

A module has `HELP`, Chinese and with an example, and `run`, whose parameters are the options. A group of commands
has `COMMANDS` instead, functions by name, whose docstrings are their help.
"""
