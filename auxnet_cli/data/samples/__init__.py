"""What the network learns from: samples, their augmentation and their tiles."""
