"""Images with mask images as a source."""
