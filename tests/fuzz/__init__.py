"""Broken input for everything that takes input from outside: `python -m tests.fuzz --help`."""
