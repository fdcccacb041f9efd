"""What follows a training: TensorBoard, MLflow and a gallery of sample predictions."""
