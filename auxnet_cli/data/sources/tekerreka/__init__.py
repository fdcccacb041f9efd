"""TekErreka as a source."""
