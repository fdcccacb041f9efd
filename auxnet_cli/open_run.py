"""Opens the engine of a run, and exports its network for that engine where that is not done yet."""

import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.exporting.artefacts import EXPORTS, artefact_folder, fault
from auxnet_cli.exporting.export_network import Original, export_network
from auxnet_cli.inference.engines.engine import Engine
from auxnet_cli.inference.engines.opening import open_artefact, open_engine
from auxnet_cli.inference.engines.registry import (
    ENGINES,
    EngineEntry,
    check_engine,
    exported_engines,
    fastest,
)
from auxnet_cli.inference.network_file import load_network


def open_run(
    run: Path,
    name: str = "auto",
    threads: int | None = None,
    precision: str = "fp32",
    requests: int = 1,
) -> Engine:
    """Opens the engine of a run, ready for its first image.

    An engine that runs an artefact takes the run's own; if there is none, it is exported, once.

    Args:
        run: the run's folder.
        name: an engine; ``auto``: the fastest that is installed. If the network cannot be exported
            for that one, Keras runs it, and a line says so.
        threads: of the CPU; all if not given.
        precision: ``fp32``, ``bf16`` or ``int8``. A network is not quantised by itself.
        requests: calls to compute side by side, by engines that can: see ``Engine.requests``.

    Raises:
        InputError: an unknown engine or precision, one that is not installed or that the CPU lacks,
            or an engine whose threads cannot be set here; the run's model is missing or damaged, or
            it was not exported in int8, or what was exported is damaged.
        AuxnetError: the network could not be exported.
    """
    check_engine(name, precision)
    if threads is not None and threads < 1:
        raise InputError(f"`threads` {threads} is not possible: take 1 or more.")
    digest = ModelCard.read(run / CARD, calibrated=False).check_network(run)
    entry = fastest(precision) if name == "auto" else ENGINES[name]
    if entry is None or entry.artefact is None:
        return _open_network(run, name, threads)
    try:
        path = _exported(run, entry, precision, digest)
        return open_artefact(path, entry.name, threads, precision, requests)
    except (AuxnetError, OSError) as error:
        if name != "auto" or precision != "fp32":
            raise
        engine = _open_network(run, name, threads)
        _say(f"{error} Keras runs the network instead.")
        return engine


def _exported(run: Path, entry: EngineEntry, precision: str, digest: str) -> Path:
    """Returns the run's artefact, which is made if there is no good one."""
    folder = artefact_folder(run / EXPORTS, entry, precision)
    reason = fault(folder, entry, digest)
    if reason is None:
        return folder / entry.format.file
    if precision == "int8":  # it takes minutes, and images with their truth
        raise InputError(
            f"{folder} {reason}: auxnet export --model {run} --format {entry.name} --int8."
        )
    before = f"{folder} {reason}. " if folder.exists() else ""
    _say(f"{before}Exporting the network to {entry.title}, once, into {folder}.")
    entry.require(converting=True)
    export_network(Original(run), entry, run / EXPORTS)
    return folder / entry.format.file


def _open_network(run: Path, name: str, threads: int | None) -> Engine:
    if threads is not None:
        raise InputError(
            f"`threads` is for the engines {', '.join(exported_engines())}: Keras takes its number "
            "from the environment, such as TF_NUM_INTRAOP_THREADS=1."
        )
    network = load_network(run / NETWORK)
    engine = open_engine(network, name)
    # The first call traces the graph, which must not count as the first image's time.
    engine.run(np.zeros((1, *network.input_shape[1:]), np.uint8))
    return engine


def _say(text: str) -> None:
    tqdm.write(text, file=sys.stderr)
