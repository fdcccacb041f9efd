"""Probability of detection: which sizes of defect are found."""
