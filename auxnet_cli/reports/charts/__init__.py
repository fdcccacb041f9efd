"""Drawings of a report as SVG, a module each. They read in grey: lines differ in style too."""
