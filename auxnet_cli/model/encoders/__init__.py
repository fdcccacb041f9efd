"""The encoders (bottom-up networks) that ``model.encoder`` chooses from."""
