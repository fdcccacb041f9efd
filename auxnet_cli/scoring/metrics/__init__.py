"""The metrics of a report, a module each."""
