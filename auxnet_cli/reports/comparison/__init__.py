"""Shows a comparison of runs as a page, as Markdown and in the terminal."""
