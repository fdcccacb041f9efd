"""Whether an error says that memory has run out, on any of Keras's back ends."""

# TensorFlow's, PyTorch's and JAX's own classes, by name: none of the three need be installed.
NAMES = ("ResourceExhaustedError", "OutOfMemoryError")
SIGNS = ("RESOURCE_EXHAUSTED", "out of memory", "can't allocate memory", "OOM when allocating")


def out_of_memory(error: BaseException) -> bool:
    """Whether fewer images a step may help."""
    if isinstance(error, MemoryError) or type(error).__name__ in NAMES:
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in SIGNS)
