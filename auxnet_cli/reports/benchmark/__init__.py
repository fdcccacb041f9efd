"""Shows the benchmark as a page, as Markdown and in the terminal."""
