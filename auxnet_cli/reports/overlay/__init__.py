"""Findings drawn on an image."""
