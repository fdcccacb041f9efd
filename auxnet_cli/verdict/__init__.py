"""From the votes of the heads to the verdict on an image."""
