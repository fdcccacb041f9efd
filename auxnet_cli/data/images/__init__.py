"""Reads image files: headers, damage, pixels, orientation and size."""
