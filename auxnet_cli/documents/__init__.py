"""Typed documents: what is written to JSON and YAML files, and read back."""
