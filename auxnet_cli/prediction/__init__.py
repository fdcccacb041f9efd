"""Writes predictions: images in, one line and the chosen files of each out."""
