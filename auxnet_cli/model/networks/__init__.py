"""The networks that `model.name` chooses from."""
