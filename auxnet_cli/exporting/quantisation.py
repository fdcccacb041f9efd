"""Quantising an exported network to int8: static, calibrated on images, by NNCF."""

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
from auxnet_cli.inference.engines.artefact_formats import FORMATS, Format
from auxnet_cli.inference.engines.opening import LOWER
from auxnet_cli.system.stderr import muted

MOST = 300
"""Images that calibrate at most: from there the ranges hardly change."""

ATTENTION = (CHANNEL, SPATIAL)
"""Parts that stay in fp32 from the start.

Attention computes little on few numbers, so that quantising it costs more time than it saves: with
both left as they are Defect-Aux-Net-50 is 7 % faster on OpenVINO.
"""


def check_int8(formats: Iterable[Format]) -> None:
    """Refuse a format that is not quantised; check that what quantises is installed.

    Raises:
        InputError: it is such a format, or NNCF is not installed.
    """
    able = [name for name, precisions in LOWER.items() if "int8" in precisions]
    for format_ in formats:
        if format_.name not in able:
            raise InputError(
                f"{format_.title} is not quantised here: take --format {' or '.join(able)} with "
                "--int8."
            )
    if find_spec("nncf") is None:
        raise InputError(
            'Quantising needs the package nncf, which is not installed: pip install "auxnet[int8]".'
        )


def quantise(
    path: Path,
    format_: Format,
    size: tuple[int, int],
    batches: Iterable[NDArray[np.uint8]],
    folder: Path,
    ignored: Sequence[str] = ATTENTION,
) -> Path:
    """Write an exported network in int8. The same input gives the same network.

    Args:
        path: the artefact in fp32.
        format_: its format, of those that :func:`check_int8` lets pass.
        size: (height, width) in pixels, the only one that the quantised network takes.
        batches: what calibrates, each (1, height, width, 3) uint8 pixels; the first ``MOST``. They
            are gone through several times.
        folder: where to, an empty folder.
        ignored: parts that stay in fp32, of :func:`find_parts`; those that the network has not are
            passed over.

    Returns:
        The artefact's path.

    Raises:
        AuxnetError: NNCF failed.
    """
    images = list(batches) if iter(batches) is batches else batches
    with _nncf() as nncf:
        try:
            network, parts = _load(nncf, path, format_, size)
            names = [name for part in ignored for name in parts.get(part, ())]
            quantised = nncf.quantize(
                network,
                nncf.Dataset(images, _feed(network) if format_.name == "onnx" else None),
                subset_size=MOST,
                ignored_scope=nncf.IgnoredScope(names=names),
            )
            _save(quantised, format_, folder / format_.file)
        except Exception as error:  # NNCF raises whatever its parts raise
            text = str(error).strip().splitlines()
            raise AuxnetError(
                f"{path} could not be quantised ({text[0] if text else type(error).__name__})."
            ) from error
    return folder / format_.file


def find_parts(path: Path, format_: Format, size: tuple[int, int]) -> tuple[str, ...]:
    """The parts of an exported network that can be left in fp32, from the input to the outputs.

    Args:
        path: the artefact.
        format_: its format.
        size: (height, width) of its input, pixels.
    """
    with _nncf() as nncf:
        return tuple(_load(nncf, path, format_, size)[1])


@contextmanager
def _nncf() -> Iterator[Any]:
    """The library, silent: it prints, draws bars and warns, on standard output, too.

    Its usage statistics go by the package that :func:`openvino` keeps from loading.
    """
    from auxnet_cli.inference.engines.openvino import openvino

    openvino()
    loggers = logging.getLoggerClass()
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()), muted():
        warnings.simplefilter("ignore")
        import nncf

        logging.setLoggerClass(loggers)  # it makes every later logger one of its own
        nncf.set_log_level(logging.CRITICAL)
        yield nncf


def _load(
    nncf: Any, path: Path, format_: Format, size: tuple[int, int]
) -> tuple[Any, dict[str, tuple[str, ...]]]:
    """A network as NNCF takes it, and its parts."""
    outputs: Mapping[str, str]
    if format_.name == "openvino":
        from auxnet_cli.inference.engines.openvino import core

        network = core().read_model(path)
        outputs = {one.get_node().get_friendly_name(): one.any_name for one in network.outputs}
    else:
        network = _folded(path, size)
        outputs = {
            f"nncf_model_output_{place}": one.name for place, one in enumerate(network.graph.output)
        }
    return network, network_parts(nncf.build_graph(network), outputs, size[0])


def _folded(path: Path, size: tuple[int, int]) -> Any:
    """An ONNX network for one size, with its normalisation folded into the convolutions.

    ONNX Runtime folds for itself, but no longer once the convolutions are quantised.
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
        network.opset_import.remove(opset)  # what ONNX Runtime knows, needed or not
    # Of any size it computes sizes as it runs: they are followed through these computations.
    return onnx.shape_inference.infer_shapes(network, data_prop=True)


def _feed(network: Any) -> Any:
    name = network.graph.input[0].name
    return lambda batch: {name: batch}


def _save(network: Any, format_: Format, path: Path) -> None:
    if format_ == FORMATS["onnx"]:
        path.write_bytes(network.SerializeToString(deterministic=True))
        return
    from auxnet_cli.inference.engines.openvino import openvino

    openvino().save_model(network, path, compress_to_fp16=False)
