"""Reads ``.keras`` archives of unknown origin, and checks what they claim before it is built.

In safe mode Keras runs no code from an archive. But a few kilobytes can claim weights that fill
the memory, by zip's compression, by HDF5's, or by a layer's number of channels; and safe mode
knows layers that read files.
"""

import io
import math
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from auxnet_cli.backend import keras
from auxnet_cli.errors import InputError, first_line
from auxnet_cli.system.untrusted import LARGEST, parse_json

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
ENTRIES = {CONFIG, WEIGHTS, "metadata.json"}

PARTS = {
    # Our networks and those of keras.applications. SeparableConv2D was in heads of earlier ones.
    "Functional", "__keras_tensor__", "DTypePolicy", "InputLayer", "Activation", "Add",
    "AveragePooling2D", "BatchNormalization", "Concatenate", "Conv2D", "Conv2DTranspose",
    "Cropping2D", "Dense",
    "DepthwiseConv2D", "Dropout", "Flatten", "GlobalAveragePooling2D", "GlobalMaxPooling2D", "Max",
    "MaxPooling2D", "Mean", "Multiply", "Normalization", "ReLU", "Rescaling", "Reshape", "Resize",
    "SeparableConv2D", "Square", "Subtract", "Sum", "UnitNormalization", "UpSampling2D",
    "ZeroPadding2D",
    # Operations on boxes, and what these are written with.
    "Absolute", "Cast", "Clip", "Einsum", "Embedding", "Equal", "Exp", "Floor", "GetItem",
    "Greater", "GreaterEqual", "LessEqual", "Log", "LogicalAnd", "Maximum", "Minimum", "Negative",
    "Power", "Relu", "Repeat", "StopGradient", "TakeAlongAxis", "TopK", "Triu", "TrueDivide",
    "__ellipsis__", "__numpy__", "__slice__",
    # Their initializers and regularizers.
    "Constant", "GlorotUniform", "HeNormal", "Ones", "RandomNormal", "RandomUniform",
    "VarianceScaling", "Zeros", "L1", "L1L2", "L2",
}  # fmt: skip
"""The Keras classes that a network may consist of."""

_STORED = 2
"""Times its size that an archive may claim to hold; Keras compresses nothing."""


def load_archive(path: Path) -> Any:
    """Reads a ``.keras`` file, in safe mode.

    Raises:
        InputError: it is missing or damaged, claims more than it holds, or holds a part that no
            network of ours has.
    """
    try:
        most = check_archive(path)
        with _at_most(most):
            return keras.models.load_model(path, compile=False, safe_mode=True)
    except InputError:
        raise
    except Exception as error:  # Keras raises whatever the archive's parts raise
        raise _unreadable(path, first_line(error)) from None


def check_archive(path: Path) -> int:
    """Checks what a ``.keras`` file claims.

    Returns:
        The largest number of weights that it may hold.

    Raises:
        InputError: it claims too much, or holds a part that is none of ``PARTS``.
        OSError, zipfile.BadZipFile, …: it is missing or damaged.
    """
    with zipfile.ZipFile(path) as archive:
        entries = {entry.filename: entry.file_size for entry in archive.infolist()}
        strange = sorted(entries.keys() - ENTRIES)
        if strange or len(entries) < len(archive.infolist()):
            raise _unreadable(path, f"it holds {strange[0]!a:.60}" if strange else "twice the same")
        for name in (CONFIG, WEIGHTS):
            if name not in entries:
                raise _unreadable(path, f"it holds no {name}")
        allowed = _STORED * path.stat().st_size + LARGEST
        if sum(entries.values()) > allowed or entries[CONFIG] > LARGEST:
            raise _unreadable(
                path, f"it claims {sum(entries.values()):,} bytes, where {allowed:,} are the most"
            )
        _check_parts(parse_json(archive.read(CONFIG), f"{path}, {CONFIG}"), path)
        # In memory: seeking in a file within an archive is slow.
        return check_weights(io.BytesIO(archive.read(WEIGHTS)), path)


def check_weights(source: BinaryIO, path: Path) -> int:
    """Checks that an HDF5 file of weights, which lies at ``path``, holds all that it claims.

    Returns:
        The largest number of weights that it may hold: each takes two bytes or more.

    Raises:
        InputError: it claims more.
        OSError, …: it is damaged.
    """
    import h5py

    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    claimed = 0

    def add(_: str, node: Any) -> None:
        nonlocal claimed
        if isinstance(node, h5py.Dataset):
            claimed += math.prod(node.shape or ()) * node.dtype.itemsize

    with h5py.File(source, "r") as file:
        file.visititems(add)
    if claimed > size:
        raise _unreadable(path, f"it claims {claimed:,} bytes of weights and holds {size:,}")
    return size // 2


def _check_parts(config: Any, path: Path) -> None:
    """Refuses parts that no network of ours has; how it was compiled is not read."""
    waiting = [config.get("config"), {**config, "config": None, "compile_config": None}]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "class_name" in node:
                name, module = node["class_name"], node.get("module") or "keras"
                if name not in PARTS or str(module).split(".")[0] != "keras":
                    raise _unreadable(
                        path, f"no network of ours has a {f'{module}.{name}'[:80]!a} in it"
                    )
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


@contextmanager
def _at_most(weights: int) -> Iterator[None]:
    """Refuses a layer before it is built if all layers together have more than ``weights``."""
    add_weight, left = keras.layers.Layer.add_weight, weights

    def bounded(self: Any, shape: Any = None, *args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= math.prod((shape,) if isinstance(shape, int) else shape or ())
        if left < 0:
            raise ValueError("its layers claim more weights than it holds")
        return add_weight(self, shape, *args, **kwargs)

    keras.layers.Layer.add_weight = bounded
    try:
        yield
    finally:
        keras.layers.Layer.add_weight = add_weight


def _unreadable(path: Path, reason: str) -> InputError:
    return InputError(f"{path} cannot be read as a model ({reason}).")
