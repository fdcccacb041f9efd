"""Inspects images with a network."""
