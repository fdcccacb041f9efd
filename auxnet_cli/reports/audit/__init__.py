"""The audit of a data set as files to read."""
