"""The function behind each command, a module each; Python programs call the same ones."""
