"""The LabelMe format as a source."""
