"""Draws the charts of reports as SVG; they read in grey, because lines differ in style too."""
