"""The COCO format as a source."""
