"""Schedules a training: learning rate, momentum, frozen layers, and when it ends."""
