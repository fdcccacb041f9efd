"""The course of a training: learning rate, momentum, frozen layers and when it ends."""
