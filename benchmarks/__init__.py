"""Measurements of the platform, each a command that prints its figures."""
