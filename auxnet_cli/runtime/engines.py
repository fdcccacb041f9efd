"""Which engine runs a network."""

from typing import Any

from auxnet_cli.errors import InputError, nearest
from auxnet_cli.runtime.engine import Engine

ENGINES = ("auto", "tensorflow", "keras")


def open_engine(network: Any, name: str = "auto") -> Engine:
    """An engine for a Keras network; ``auto`` is TensorFlow's graph where that is the back end.

    Raises:
        InputError: an unknown engine, or one that this back end lacks.
    """
    from auxnet_cli.backend import keras

    if name not in ENGINES:
        raise InputError(
            f"There is no engine '{name}'.{nearest(name, list(ENGINES))} "
            f"Engines: {', '.join(ENGINES)}."
        )
    on_tensorflow = keras.backend.backend() == "tensorflow"
    if name == "tensorflow" and not on_tensorflow:
        raise InputError(
            f"The engine tensorflow needs Keras on TensorFlow, and it runs on "
            f"{keras.backend.backend()}: unset KERAS_BACKEND or take --engine keras."
        )
    if on_tensorflow and name != "keras":
        from auxnet_cli.runtime.tensorflow_engine import TensorFlowEngine

        return TensorFlowEngine(network)
    from auxnet_cli.runtime.keras_engine import KerasEngine

    return KerasEngine(network)
