"""Quantises an exported network to int8: static, calibrated on images, by NNCF."""

import io
import logging
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.exporting.network_parts import CHANNEL, SPATIAL, network_parts
from auxnet_cli.inference.engines.engine import first_line
from auxnet_cli.inference.engines.registry import EngineEntry, engines_with
from auxnet_cli.system.stderr import muted

MOST = 300
"""Images to calibrate on at most: with more the ranges hardly change."""

ATTENTION = (CHANNEL, SPATIAL)
"""Parts that stay in fp32 from the start.

Attention computes little on few numbers, so that quantising it costs more time than it saves: with
both left as they are Defect-Aux-Net-50 is 7 % faster on OpenVINO.
"""


def check_int8(entries: Iterable[EngineEntry]) -> None:
    """Refuses a format that is not quantised; checks that what quantises is installed.

    Raises:
        InputError: it is such a format, or NNCF is not installed.
    """
    for entry in entries:
        if "int8" not in entry.precisions:
            raise InputError(
                f"{entry.title} is not quantised here: take `formats` "
                f"{' or '.join(engines_with('int8'))} with `int8`."
            )
    if find_spec("nncf") is None:
        raise InputError(
            'Quantising needs the package nncf, which is not installed: pip install "auxnet[int8]".'
        )


def quantise(
    path: Path,
    entry: EngineEntry,
    size: tuple[int, int],
    batches: Iterable[NDArray[np.uint8]],
    folder: Path,
    ignored: Sequence[str] = ATTENTION,
) -> Path:
    """Writes an exported network in int8. The same input gives the same network.

    Args:
        path: the artefact in fp32.
        entry: the engine that runs it, one that :func:`check_int8` accepts.
        size: (height, width) in pixels, the only one that the quantised network takes.
        batches: to calibrate on, each (1, height, width, 3) uint8 pixels, ``MOST`` at most. They
            are iterated several times.
        folder: where to, an empty folder.
        ignored: parts that stay in fp32, of :func:`find_parts`; a part that the network lacks is
            passed over.

    Returns:
        The artefact's path.

    Raises:
        AuxnetError: NNCF failed.
    """
    images = list(batches) if iter(batches) is batches else batches
    with _nncf() as nncf:
        try:
            network, parts = _load(nncf, path, entry, size)
            names = [name for part in ignored for name in parts.get(part, ())]
            quantised = nncf.quantize(
                network,
                nncf.Dataset(images, _feed(network) if entry.name == "onnx" else None),
                subset_size=MOST,
                ignored_scope=nncf.IgnoredScope(names=names),
            )
            _save(quantised, entry, folder / entry.format.file)
        except Exception as error:  # NNCF raises whatever its parts raise
            raise AuxnetError(f"{path} could not be quantised ({first_line(error)}).") from error
    return folder / entry.format.file


def find_parts(path: Path, entry: EngineEntry, size: tuple[int, int]) -> tuple[str, ...]:
    """Lists the parts of an exported network that can stay in fp32, from input to outputs.

    Args:
        path: the artefact.
        entry: the engine that runs it.
        size: (height, width) of its input, pixels.
    """
    with _nncf() as nncf:
        return tuple(_load(nncf, path, entry, size)[1])


@contextmanager
def _nncf() -> Iterator[Any]:
    """Imports the library and keeps it silent: it prints, draws bars and warns.

    It sends usage statistics by the package that :func:`openvino` keeps from loading.
    """
    from auxnet_cli.inference.engines.openvino import openvino

    openvino()
    loggers = logging.getLoggerClass()
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), muted():
        warnings.simplefilter("ignore")
        import nncf

        logging.setLoggerClass(loggers)  # it had replaced the class of all loggers
        nncf.set_log_level(logging.CRITICAL)
        yield nncf


def _load(
    nncf: Any, path: Path, entry: EngineEntry, size: tuple[int, int]
) -> tuple[Any, dict[str, tuple[str, ...]]]:
    """Loads a network as NNCF takes it, and finds its parts."""
    outputs: Mapping[str, str]
    if entry.name == "openvino":
        from auxnet_cli.inference.engines.openvino import core

        network = core().read_model(path)
        outputs = {port.get_node().get_friendly_name(): port.any_name for port in network.outputs}
    else:
        network = _folded(path, size)
        outputs = {
            f"nncf_model_output_{number}": output.name
            for number, output in enumerate(network.graph.output)
        }
    return network, network_parts(nncf.build_graph(network), outputs, size[0])


def _folded(path: Path, size: tuple[int, int]) -> Any:
    """Loads an ONNX network for one size, its normalisation folded into the convolutions.

    ONNX Runtime folds by itself, but not once the convolutions are quantised.
    """
    import onnx
    import onnxruntime

    network = onnx.load(path)
    sides = network.graph.input[0].type.tensor_type.shape.dim[1:3]
    for side, pixels in zip(sides, size, strict=True):
        side.dim_value = pixels
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with TemporaryDirectory() as folder:
        folded = Path(folder) / path.name
        options.optimized_model_filepath = str(folded)
        onnxruntime.InferenceSession(
            network.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        network = onnx.load_from_string(folded.read_bytes())
    used = {node.domain for node in network.graph.node}
    for opset in [opset for opset in network.opset_import if opset.domain not in used]:
        network.opset_import.remove(opset)  # ONNX Runtime lists all that it knows
    # A network of any size computes sizes as it runs; data_prop infers them.
    return onnx.shape_inference.infer_shapes(network, data_prop=True)


def _feed(network: Any) -> Any:
    name = network.graph.input[0].name
    return lambda batch: {name: batch}


def _save(network: Any, entry: EngineEntry, path: Path) -> None:
    if entry.name == "onnx":
        path.write_bytes(network.SerializeToString(deterministic=True))
        return
    from auxnet_cli.inference.engines.openvino import openvino

    openvino().save_model(network, path, compress_to_fp16=False)
