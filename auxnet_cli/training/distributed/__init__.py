"""Training in several processes or on several GPUs."""
