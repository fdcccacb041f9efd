from hypothesis import settings

# Shared machines stall now and then; a deadline a test would fail for no fault of the code.
settings.register_profile("auxnet", deadline=None)
settings.load_profile("auxnet")
