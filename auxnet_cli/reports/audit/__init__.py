"""Writes the audit of a data set as files to read."""
