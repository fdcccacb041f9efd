"""The evaluation report as a page, as Markdown and as drawings."""
