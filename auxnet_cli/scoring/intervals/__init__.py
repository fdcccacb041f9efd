"""Confidence and prediction intervals."""
