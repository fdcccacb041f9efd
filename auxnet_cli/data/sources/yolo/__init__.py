"""The YOLO format as a source."""
