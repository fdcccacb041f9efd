"""From images to inspections."""
