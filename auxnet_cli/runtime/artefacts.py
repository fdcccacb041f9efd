"""The exported networks of a run: where they lie, and whether they are still of its model."""

import json
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from auxnet_cli import __version__
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.files import sha256
from auxnet_cli.runtime.engine import Engine
from auxnet_cli.runtime.engines import EXPORTED, check_engine, fastest, open_artefact, open_engine
from auxnet_cli.runtime.formats import FORMATS, Format

EXPORTS = "exports"
CARD = "model.json"
PARITY = "parity.json"


def open_run(
    run: Path,
    name: str = "auto",
    threads: int | None = None,
    precision: str = "fp32",
    requests: int = 1,
) -> Engine:
    """The engine of a run, ready for its first image.

    An engine that needs the network exported finds it in the run, or has it exported there, once.

    Args:
        run: the run's folder.
        name: of ``runtime.engines.ENGINES``; ``auto``: the fastest that is installed. If the
            network cannot be exported for that one, Keras runs it, and a line says so.
        threads: of the CPU; all if not given.
        precision: of ``runtime.engines.PRECISIONS``. A network is not quantised by itself.
        requests: calls to compute side by side, by engines that can: see ``Engine.requests``.

    Raises:
        InputError: an unknown engine or precision, one that is not installed or that the CPU lacks,
            or one whose threads are not ours to set; the run's model is missing or damaged, or it
            was not exported in int8.
        AuxnetError: the network could not be exported.
    """
    check_engine(name, precision)
    if threads is not None and threads < 1:
        raise InputError(f"--threads {threads} is not possible: take 1 or more.")
    format_ = fastest(precision) if name == "auto" else FORMATS.get(name)
    if format_ is not None:
        try:
            path = _exported(run, format_, precision)
            return open_artefact(path, format_.name, threads, precision, requests)
        except (AuxnetError, OSError) as error:
            if name != "auto" or precision != "fp32":
                raise
            engine = _open_network(run, name, threads)
            _say(f"{error} Keras runs the network instead.")
            return engine
    return _open_network(run, name, threads)


def artefact_folder(exports: Path, format_: Format, precision: str = "fp32") -> Path:
    """Where an artefact lies in a folder of exports: ``openvino``, ``openvino-int8``.

    One in fp32 is computed in bf16 as well.
    """
    return exports / (f"{format_.name}-int8" if precision == "int8" else format_.name)


def find_artefact(folder: Path, format_: Format, digest: str) -> Path | None:
    """The artefact in a folder, if it passed the parity gate and is of the same model and version.

    Args:
        folder: of the artefact.
        format_: its format.
        digest: SHA-256 of ``model.keras``.
    """
    try:
        parity = json.loads((folder / PARITY).read_text(encoding="utf-8"))
        key = parity["model_sha256"], parity["tool_version"]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    path = folder / format_.file
    return path if key == (digest, __version__) and path.exists() else None


def _exported(run: Path, format_: Format, precision: str) -> Path:
    """The run's artefact, made if there is none that is still good."""
    folder = artefact_folder(run / EXPORTS, format_, precision)
    found = find_artefact(folder, format_, sha256(run / "model.keras"))
    if found is not None:
        return found
    if precision == "int8":  # it takes minutes, and images with their truth
        raise InputError(
            f"{run} was not exported in int8, or by another version of auxnet, or its model has "
            f"changed since: auxnet export --model {run} --format {format_.name} --int8."
        )
    from auxnet_cli.runtime.export import export

    _say(f"Exporting the network to {format_.title}, once, into {folder}.")
    export(run, (format_.name,))
    return folder / format_.file


def _open_network(run: Path, name: str, threads: int | None) -> Engine:
    from auxnet_cli.runtime.inspector import load_network

    if threads is not None:
        raise InputError(
            f"--threads is for the engines {', '.join(EXPORTED)}: Keras takes its number from the "
            "environment, such as TF_NUM_INTRAOP_THREADS=1."
        )
    network = load_network(run / "model.keras")
    engine = open_engine(network, name)
    # The first call traces the graph, which must not count as the first image's time.
    engine.run(np.zeros((1, *network.input_shape[1:]), np.uint8))
    return engine


def _say(text: str) -> None:
    tqdm.write(text, file=sys.stderr)
