"""Learning: batches, targets, schedule, record of a run."""
