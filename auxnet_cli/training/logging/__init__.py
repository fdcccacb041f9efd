"""Logs a training to TensorBoard and MLflow, with a gallery of sample predictions."""
