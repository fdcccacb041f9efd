"""Finds the files of a source and the annotations that belong to each image."""
