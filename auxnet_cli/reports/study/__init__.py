"""Shows a study as a page, as Markdown and in the terminal."""
