"""Shows the report of an evaluation as a page, as Markdown and as charts."""
