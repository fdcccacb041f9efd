"""Figures from findings and truth; numbers only."""
