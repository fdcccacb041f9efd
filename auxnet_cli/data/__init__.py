"""From annotations and images to samples."""
