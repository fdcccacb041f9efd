"""How fast networks run on this CPU."""
