"""Thresholds and temperature, fitted on a split."""
