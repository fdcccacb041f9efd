"""Pascal VOC as a source."""
