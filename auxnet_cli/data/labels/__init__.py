"""What labels are made of: run lengths, polygons, boxes and masks."""
