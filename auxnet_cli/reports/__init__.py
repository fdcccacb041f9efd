"""Results for people: tables, figures, pictures and files."""
