"""A comparison of runs as a page and as tables."""
