"""Quantises an exported network to int8: static, calibrated on images, by NNCF."""

import io
import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.errors import AuxnetError, InputError, first_line
from auxnet_cli.exporting.network_parts import CHANNEL, SPATIAL, network_parts
from auxnet_cli.inference.engines.registry import EngineEntry, engines_with
from auxnet_cli.system.stderr import muted

MOST = 300
"""Images to calibrate on at most: with more the ranges hardly change."""

EXACT = (CHANNEL, SPATIAL, "memory head", "memory output")
"""Parts that stay in fp32 from the start.

A distance to the memory of good parts is a small difference of large numbers. Attention computes
little on few numbers, so that quantising it costs more time than it saves: with both kinds left as
they are Defect-Aux-Net-50 is 7 % faster on OpenVINO.
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
    ignored: Sequence[str] = EXACT,
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
            network, outputs, feed = entry.load().quantisable(path, size)
            parts = network_parts(nncf.build_graph(network), outputs, size[0])
            names = [name for part in ignored for name in parts.get(part, ())]
            quantised = nncf.quantize(
                network,
                nncf.Dataset(images, feed),
                subset_size=MOST,
                ignored_scope=nncf.IgnoredScope(names=names),
            )
            entry.load().save(quantised, folder / entry.format.file)
        except Exception as error:  # NNCF raises whatever its parts raise
            raise AuxnetError(f"{path} could not be quantised ({first_line(error)}).") from error
    return folder / entry.format.file


def find_parts(path: Path, entry: EngineEntry, size: tuple[int, int]) -> tuple[str, ...]:
    """Lists the parts of an exported network that can stay in fp32, from input to outputs."""
    with _nncf() as nncf:
        network, outputs, _ = entry.load().quantisable(path, size)
        return tuple(network_parts(nncf.build_graph(network), outputs, size[0]))


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
