"""Image files: headers, decoding, orientation and size."""
