"""Reads an external ONNX model, and runs it on noise."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from auxnet_cli.benchmarking.openvino_graph import compiled_call, graph_cost
from auxnet_cli.documents.benchmark import Variant
from auxnet_cli.errors import InputError
from auxnet_cli.inference.engines.openvino import core
from auxnet_cli.system.stderr import muted

CHANNELS = (1, 3, 4)
"""Numbers of channels of an image, which distinguish the channels from height and width."""

PIXEL_TYPES = {"u8": "uint8", "f16": "float16", "f32": "float32", "f64": "float64"}
"""NumPy's names of the types that pixels may have, by OpenVINO's."""

_UNINFORMATIVE = (
    "Exception from",
    "Check '",
    "FrontEnd API failed",
    "Model wasn't fully converted",
    "Unable to read the model",
    "While validating",
    "Summary",
)
"""How the lines of OpenVINO's errors begin that do not help a user."""


class ExternalModel(BaseModel):
    """An external model, and the input that it is timed with.

    Attributes:
        shape: of its input: (batch, channels, height, width), or with the channels last.
        dtype: of its input, as NumPy calls it.
        any_batch: whether it takes batches of any size.
        own_size: whether it takes no other height and width.
        gflop: operations for one image, in 10^9.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    path: Path
    shape: tuple[int, int, int, int]
    dtype: str
    channels_first: bool
    any_batch: bool
    own_size: bool
    parameters: int
    gflop: float

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of its input, pixels."""
        return self.shape[2:] if self.channels_first else self.shape[1:3]

    def call(self, variant: Variant, threads: int, batch: int) -> Callable[[], object]:
        """Opens it, and returns what runs it on ``batch`` images of noise.

        A model whose own batch is smaller runs several times.
        """
        shape = (batch, *self.shape[1:]) if self.any_batch else self.shape
        noise = np.random.default_rng(0).random(shape)
        pixels = (noise * 255 if self.dtype == "uint8" else noise).astype(self.dtype)
        run = RUNTIMES[variant.engine](self.path, pixels, variant.precision, threads)
        times = -(-batch // shape[0])
        return run if times == 1 else lambda: [run() for _ in range(times)]


def external_variants(variants: Sequence[Variant]) -> tuple[Variant, ...]:
    """Returns those of our variants that external models run in without being quantised."""
    able = (item for item in variants if item.engine in RUNTIMES and item.precision != "int8")
    return tuple(able) or (Variant(engine="openvino", precision="fp32"),)


def read_external(path: Path, size: tuple[int, int]) -> ExternalModel:
    """Reads what has to be known of an ONNX file.

    Where it leaves its input open, that has (height, width) pixels of ``size``.

    Raises:
        InputError: it is missing or damaged, or does not take one image.
    """
    if not path.is_file():
        raise InputError(f"--against {path}: there is no such file.")
    try:
        with muted():  # each of OpenVINO's readers prints its own complaint
            graph = core().read_model(path)
    except Exception as error:  # it raises whatever its parts raise
        raise InputError(
            f"--against {path} cannot be read as an ONNX model{_reason(error)}: export it anew."
        ) from None
    sides = _input_sides(path, graph)
    channels_first = sides[1] in CHANNELS or sides[3] not in CHANNELS
    defaults = (1, 3, *size) if channels_first else (1, *size, 3)
    shape = tuple(side or default for side, default in zip(sides, defaults, strict=True))
    try:
        graph.reshape(list(shape))
        parameters, operations = graph_cost(graph)
    except Exception as error:
        raise InputError(
            f"--against {path} does not take an input of {size[0]}x{size[1]}{_reason(error)}: "
            "give another --size, or export it for one size."
        ) from None
    return ExternalModel(
        name=path.name,
        path=path.resolve(),
        shape=(shape[0], shape[1], shape[2], shape[3]),
        dtype=PIXEL_TYPES[graph.input(0).element_type.get_type_name()],
        channels_first=channels_first,
        any_batch=sides[0] is None,
        own_size=any(sides[2:] if channels_first else sides[1:3]),
        parameters=parameters,
        gflop=round(operations / shape[0] / 1e9, 3),
    )


def _input_sides(path: Path, graph: Any) -> list[int | None]:
    """Returns the shape of the one input, with ``None`` for what it leaves open."""
    if len(graph.inputs) != 1:
        raise InputError(
            f"--against {path} takes {len(graph.inputs)} inputs: only models of one image can be "
            "timed."
        )
    shape = graph.input(0).partial_shape
    kind = graph.input(0).element_type.get_type_name()
    if shape.rank.is_dynamic or len(shape) != 4 or kind not in PIXEL_TYPES:
        raise InputError(
            f"--against {path} takes {shape} of {kind}: only models of one image, four axes of "
            "uint8 or float, can be timed."
        )
    return [side.get_length() if side.is_static else None for side in shape]


def _openvino(
    path: Path, pixels: NDArray[Any], precision: str, threads: int
) -> Callable[[], object]:
    graph = core().read_model(path)
    graph.reshape(list(pixels.shape))
    return compiled_call(graph, pixels, precision, threads)


def _onnx(path: Path, pixels: NDArray[Any], _: str, threads: int) -> Callable[[], object]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        path.read_bytes(), options, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: pixels})


RUNTIMES = {"openvino": _openvino, "onnx": _onnx}
"""What opens an external model, by the engines that can."""


def _reason(error: Exception) -> str:
    """Returns the line of OpenVINO's error that says what is wrong, in brackets; or nothing."""
    lines = (line.strip(" -").rstrip(".") for line in str(error).splitlines())
    telling = (line for line in lines if line and not line.startswith(_UNINFORMATIVE))
    return next((f" ({line})" for line in telling if not line.endswith(":")), "")
