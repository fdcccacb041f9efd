"""Shows results to people: pages, tables, charts and overlays."""
