"""Results as tables in the terminal, 80 columns wide."""
