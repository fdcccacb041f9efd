"""The files of a source, and which of them belong together."""
