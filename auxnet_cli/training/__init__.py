"""Trains networks: batches, targets, schedule, loop, checkpoint and the record of a run."""
