"""Draws verdict, masks, boxes and names on an image."""
