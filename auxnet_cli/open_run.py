"""Opens the engine of a run, and exports its network for that engine where it is not exported yet.

It stands above inference and export: opening a run may export it.
"""

import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.exporting.artefacts import EXPORTS, artefact_folder, fault
from auxnet_cli.exporting.export_network import Original, export_fp32
from auxnet_cli.inference.engines.artefact_formats import FORMATS, Format
from auxnet_cli.inference.engines.engine import Engine
from auxnet_cli.inference.engines.opening import (
    EXPORTED,
    check_engine,
    fastest,
    open_artefact,
    open_engine,
)
from auxnet_cli.inference.network_file import load_network


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
        name: of ``inference.engines.opening.ENGINES``; ``auto``: the fastest that is installed. If
            the network cannot be exported for that one, Keras runs it, and a line says so.
        threads: of the CPU; all if not given.
        precision: of ``inference.engines.opening.PRECISIONS``. A network is not quantised by
            itself.
        requests: calls to compute side by side, by engines that can: see ``Engine.requests``.

    Raises:
        InputError: an unknown engine or precision, one that is not installed or that the CPU lacks,
            or one whose threads are not ours to set; the run's model is missing or damaged, or it
            was not exported in int8, or what was exported is damaged.
        AuxnetError: the network could not be exported.
    """
    check_engine(name, precision)
    if threads is not None and threads < 1:
        raise InputError(f"--threads {threads} is not possible: take 1 or more.")
    digest = ModelCard.read(run / CARD, calibrated=False).check_network(run)
    format_ = fastest(precision) if name == "auto" else FORMATS.get(name)
    if format_ is not None:
        try:
            path = _exported(run, format_, precision, digest)
            return open_artefact(path, format_.name, threads, precision, requests)
        except (AuxnetError, OSError) as error:
            if name != "auto" or precision != "fp32":
                raise
            engine = _open_network(run, name, threads)
            _say(f"{error} Keras runs the network instead.")
            return engine
    return _open_network(run, name, threads)


def _exported(run: Path, format_: Format, precision: str, digest: str) -> Path:
    """The run's artefact, made if there is none that is still good."""
    folder = artefact_folder(run / EXPORTS, format_, precision)
    reason = fault(folder, format_, digest)
    if reason is None:
        return folder / format_.file
    if precision == "int8":  # it takes minutes, and images with their truth
        raise InputError(
            f"{folder} {reason}: auxnet export --model {run} --format {format_.name} --int8."
        )
    before = f"{folder} {reason}. " if folder.exists() else ""
    _say(f"{before}Exporting the network to {format_.title}, once, into {folder}.")
    format_.require(converting=True)
    export_fp32(Original(run), format_, run / EXPORTS)
    return folder / format_.file


def _open_network(run: Path, name: str, threads: int | None) -> Engine:
    if threads is not None:
        raise InputError(
            f"--threads is for the engines {', '.join(EXPORTED)}: Keras takes its number from the "
            "environment, such as TF_NUM_INTRAOP_THREADS=1."
        )
    network = load_network(run / NETWORK)
    engine = open_engine(network, name)
    # The first call traces the graph, which must not count as the first image's time.
    engine.run(np.zeros((1, *network.input_shape[1:]), np.uint8))
    return engine


def _say(text: str) -> None:
    tqdm.write(text, file=sys.stderr)
