"""Shows results in the terminal, 80 columns wide."""
