"""Which engine runs a network."""

from pathlib import Path
from typing import Any

from auxnet_cli.errors import AuxnetError, InputError, nearest
from auxnet_cli.inference.engines.artefact_formats import FORMATS, Format
from auxnet_cli.inference.engines.engine import Engine
from auxnet_cli.system.cpu import usable_cores

EXPORTED = ("openvino", "onnx", "litert")
"""Engines that run an exported network, the fastest first."""

ENGINES = ("auto", "tensorflow", "keras", *EXPORTED)

PRECISIONS = ("fp32", "bf16", "int8")
LOWER = {"openvino": PRECISIONS, "onnx": ("fp32", "int8")}
"""Engines that compute in more than fp32, and in what."""


def check_engine(name: str, precision: str = "fp32") -> None:
    """Refuse a name that is not of ``ENGINES``, or a precision that the engine has not.

    Raises:
        InputError: it is not.
    """
    if name not in ENGINES:
        raise InputError(
            f"There is no engine '{name}'.{nearest(name, list(ENGINES))} "
            f"Engines: {', '.join(ENGINES)}."
        )
    if precision not in PRECISIONS:
        raise InputError(
            f"There is no precision '{precision}'.{nearest(precision, list(PRECISIONS))} "
            f"Precisions: {', '.join(PRECISIONS)}."
        )
    if precision != "fp32" and name != "auto" and precision not in LOWER.get(name, ()):
        able = [engine for engine, has in LOWER.items() if precision in has]
        raise InputError(
            f"The engine {name} does not compute in {precision}: take --engine {' or '.join(able)}."
        )


def fastest(precision: str = "fp32") -> Format | None:
    """The format of the fastest engine that is installed and has the precision; else ``None``."""
    able = [name for name in EXPORTED if precision in LOWER.get(name, ("fp32",))]
    return next((FORMATS[name] for name in able if FORMATS[name].installed), None)


def parallel_requests(threads: int | None, images: int, tiled: bool) -> int:
    """How many requests side by side are done with so many images the soonest.

    Each takes a thread, as far as the images go: a network profits less from a second thread than
    two images do from one each.

    Args:
        threads: of the CPU; all if not given.
        images: how many there are.
        tiled: whether large images go through the network in tiles, side by side as well.
    """
    threads = threads or usable_cores()
    return max(1, threads if tiled else min(threads, images))


def open_engine(network: Any, name: str = "auto", threads: int | None = None) -> Engine:
    """An engine for a Keras network.

    Args:
        network: from :func:`auxnet_cli.model.networks.defect_aux_net.defect_aux_net`.
        name: of ``ENGINES``. ``auto`` runs the network as it is, by TensorFlow's graph where that
            is the back end; the exported ones convert it first.
        threads: of an engine of ``EXPORTED``; all if not given.

    Raises:
        InputError: an unknown engine, or one that is not installed or that this back end lacks.
        AuxnetError: the network could not be converted.
    """
    from auxnet_cli.backend import keras

    check_engine(name)
    on_tensorflow = keras.backend.backend() == "tensorflow"
    if name == "tensorflow" and not on_tensorflow:
        raise InputError(
            f"The engine tensorflow needs Keras on TensorFlow, and it runs on "
            f"{keras.backend.backend()}: unset KERAS_BACKEND or take --engine keras."
        )
    if on_tensorflow and name != "keras":
        from auxnet_cli.inference.engines.tensorflow import TensorFlowEngine

        return TensorFlowEngine(network)
    from auxnet_cli.inference.engines.keras_engine import KerasEngine

    return KerasEngine(network)


def open_artefact(
    path: Path,
    name: str,
    threads: int | None = None,
    precision: str = "fp32",
    requests: int = 1,
) -> Engine:
    """The engine of an exported network.

    Args:
        path: the artefact.
        name: of ``FORMATS``, what the artefact is.
        threads: of the CPU; all if not given. TensorFlow takes its own count for a SavedModel.
        precision: of ``PRECISIONS``; int8 is the artefact's own, which was quantised.
        requests: calls to compute side by side, by engines that can.

    Raises:
        InputError: what runs it is not installed, or the CPU lacks the precision.
        AuxnetError: the artefact is missing or damaged.
    """
    FORMATS[name].require()
    try:
        if name == "openvino":
            from auxnet_cli.inference.engines.openvino import OpenVINOEngine

            return OpenVINOEngine(path, threads, precision, requests)
        if name == "onnx":
            from auxnet_cli.inference.engines.onnx import OnnxEngine

            return OnnxEngine(path, threads, precision, requests)
        if name == "litert":
            from auxnet_cli.inference.engines.litert import LiteRTEngine

            return LiteRTEngine(path, threads)
        from auxnet_cli.inference.engines.tensorflow import SavedModelEngine

        return SavedModelEngine(path)
    except InputError:
        raise
    except Exception as error:  # the runtimes raise whatever their parts raise
        text = str(error).strip().splitlines()
        raise AuxnetError(
            f"{path} cannot be read by {FORMATS[name].title} "
            f"({text[0] if text else type(error).__name__}): remove its folder, and it is made "
            "again."
        ) from error
