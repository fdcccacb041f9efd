"""Trains with several processes or several GPUs."""
