"""Opens the engine of a Keras network or of an exported one."""

from pathlib import Path
from typing import Any

from auxnet_cli.errors import AuxnetError, InputError, first_line
from auxnet_cli.inference.engines.engine import Engine
from auxnet_cli.inference.engines.registry import ENGINES, check_engine
from auxnet_cli.system.cpu import usable_cores


def parallel_requests(threads: int | None, images: int, tiled: bool) -> int:
    """Returns how many requests side by side finish the images soonest.

    Each takes a thread, of all if not given, as far as the images go: a network profits less from a
    second thread than two images do from one each. The tiles of an image go side by side as well.
    """
    threads = threads or usable_cores()
    return max(1, threads if tiled else min(threads, images))


def open_engine(network: Any, name: str = "auto") -> Engine:
    """Opens an engine that runs a Keras network as it is.

    ``auto`` is TensorFlow's graph where that is the back end, else Keras.

    Raises:
        InputError: there is no such engine, or this back end lacks it.
    """
    from auxnet_cli.backend import keras  # starts a back end, which takes seconds

    check_engine(name)
    back_end = keras.backend.backend()
    if name == "auto":
        name = "tensorflow" if back_end == "tensorflow" else "keras"
    if name == "tensorflow" and back_end != "tensorflow":
        raise InputError(
            f"The engine tensorflow needs Keras on TensorFlow, and it runs on "
            f"{back_end}: unset KERAS_BACKEND or take `engine` keras."
        )
    engine: Engine = ENGINES[name].load()(network)
    return engine


def open_artefact(
    path: Path,
    name: str,
    threads: int | None = None,
    precision: str = "fp32",
    requests: int = 1,
) -> Engine:
    """Opens the engine of an exported network.

    It takes all threads if none are given, and computes ``requests`` side by side if it can.

    Raises:
        InputError: what runs it is not installed, or the CPU lacks the precision.
        AuxnetError: the artefact is missing or damaged.
    """
    entry = ENGINES[name]
    entry.require()
    try:
        engine: Engine = entry.load()(path, threads, precision, requests)
    except InputError:
        raise
    except Exception as error:  # the runtimes raise whatever their parts raise
        raise AuxnetError(
            f"{path} cannot be read by {entry.title} ({first_line(error)}): remove its folder, and "
            "it is made again."
        ) from error
    return engine
