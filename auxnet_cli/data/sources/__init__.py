"""Reads other tools' annotations; each source format is one module or folder, see ``registry``."""
