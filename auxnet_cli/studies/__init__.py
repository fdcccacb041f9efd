"""Studies: ways to train, compared on the same images from several seeds."""
