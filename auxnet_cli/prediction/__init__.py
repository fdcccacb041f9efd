"""A prediction: images in, one line and the chosen files of each out."""
