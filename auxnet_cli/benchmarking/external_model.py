"""Somebody else's ONNX model, to be timed beside ours."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from auxnet_cli.errors import InputError
from auxnet_cli.system.stderr import muted

CHANNELS = (1, 3, 4)
"""How many of them an image has: by these the channels' place is told from height and width."""

KINDS = {"u8": "uint8", "f16": "float16", "f32": "float32", "f64": "float64"}
"""Numbers that pixels come in: OpenVINO's names, and NumPy's."""

_UNTELLING = (
    "Exception from",
    "Check '",
    "FrontEnd API failed",
    "Model wasn't fully converted",
    "Unable to read the model",
    "While validating",
    "Summary",
)
"""How the lines of OpenVINO's errors begin that tell a user nothing."""


class Against(BaseModel):
    """The model, and the input that it is timed with.

    Attributes:
        name: the file's name.
        path: the file.
        shape: of its input: (batch, channels, height, width), or with the channels last.
        kind: of the input's numbers, as NumPy calls it.
        channels_first: where the channels stand.
        any_batch: whether it takes batches of any size; the shape's then stands for all.
        own_size: whether it takes no other height and width.
        parameters: how many it has.
        gflop: operations for one image, in 10^9.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    path: Path
    shape: tuple[int, int, int, int]
    kind: str
    channels_first: bool
    any_batch: bool
    own_size: bool
    parameters: int
    gflop: float

    @property
    def size(self) -> tuple[int, int]:
        """(height, width) of its input, pixels."""
        return self.shape[2:] if self.channels_first else self.shape[1:3]

    def call(self, engine: str, threads: int, batch: int, precision: str) -> Callable[[], object]:
        """Open it; what comes back runs it on ``batch`` images of noise.

        A model whose own batch is smaller runs several times.
        """
        shape = (batch, *self.shape[1:]) if self.any_batch else self.shape
        noise = np.random.default_rng(0).random(shape)
        pixels = (noise * 255 if self.kind == "uint8" else noise).astype(self.kind)
        opened = _openvino if engine == "openvino" else _onnx
        run = opened(self.path, pixels, threads, precision)
        times = -(-batch // shape[0])
        return run if times == 1 else lambda: [run() for _ in range(times)]


def read_against(path: Path, size: tuple[int, int]) -> Against:
    """Look at a model.

    Args:
        path: the ONNX file.
        size: (height, width) of the input where the model leaves it open, pixels.

    Raises:
        InputError: it is missing, damaged, or does not take one image.
    """
    from auxnet_cli.benchmarking.graph_cost import graph_cost
    from auxnet_cli.inference.engines.openvino import core

    if not path.is_file():
        raise InputError(f"--against {path}: there is no such file.")
    try:
        with muted():  # each of OpenVINO's readers complains for itself
            model = core().read_model(path)
    except Exception as error:  # it raises whatever its parts raise
        raise InputError(
            f"--against {path} cannot be read as an ONNX model{_reason(error)}: export it anew."
        ) from None
    shape, channels_first = _shape(path, model, size)
    own = model.input(0).partial_shape
    axes = (2, 3) if channels_first else (1, 2)
    any_batch, own_size = own[0].is_dynamic, any(own[axis].is_static for axis in axes)
    kind = KINDS[model.input(0).element_type.get_type_name()]
    try:
        model.reshape(list(shape))
        parameters, operations = graph_cost(model)
    except Exception as error:
        raise InputError(
            f"--against {path} does not take an input of {size[0]}x{size[1]}{_reason(error)}: "
            "give another --size, or export it for one size."
        ) from None
    return Against(
        name=path.name,
        path=path.resolve(),
        shape=shape,
        kind=kind,
        channels_first=channels_first,
        any_batch=any_batch,
        own_size=own_size,
        parameters=parameters,
        gflop=round(operations / shape[0] / 1e9, 3),
    )


def _shape(path: Path, model: Any, size: tuple[int, int]) -> tuple[tuple[int, int, int, int], bool]:
    """The input's shape with what is open filled in, and whether the channels stand first."""
    if len(model.inputs) != 1:
        raise InputError(
            f"--against {path} takes {len(model.inputs)} inputs: only models of one image can be "
            "timed."
        )
    own = model.input(0).partial_shape
    known = model.input(0).element_type.get_type_name()
    if own.rank.is_dynamic or len(own) != 4 or known not in KINDS:
        raise InputError(
            f"--against {path} takes {own} of {known}: only models of one image, four axes of "
            "uint8 or float, can be timed."
        )
    given = [axis.get_length() if axis.is_static else None for axis in own]
    channels_first = given[1] in CHANNELS or given[3] not in CHANNELS
    open_axes = (1, 3, *size) if channels_first else (1, *size, 3)
    filled = [own or other for own, other in zip(given, open_axes, strict=True)]
    return (filled[0], filled[1], filled[2], filled[3]), channels_first


def _openvino(
    path: Path, pixels: NDArray[Any], threads: int, precision: str
) -> Callable[[], object]:
    from auxnet_cli.inference.engines.openvino import core

    model = core().read_model(path)
    model.reshape(list(pixels.shape))
    settings = {
        "NUM_STREAMS": "1",
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
        "INFERENCE_NUM_THREADS": str(threads),
    }
    request = core().compile_model(model, "CPU", settings).create_infer_request()
    return lambda: request.infer([pixels])


def _onnx(path: Path, pixels: NDArray[Any], threads: int, _: str) -> Callable[[], object]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        path.read_bytes(), options, providers=["CPUExecutionProvider"]
    )
    name = session.get_inputs()[0].name
    return lambda: session.run(None, {name: pixels})


def _reason(error: Exception) -> str:
    """The telling line of OpenVINO's many, in brackets; or nothing."""
    lines = (line.strip(" -").rstrip(".") for line in str(error).splitlines())
    telling = (line for line in lines if line and not line.startswith(_UNTELLING))
    return next((f" ({line})" for line in telling if not line.endswith(":")), "")
