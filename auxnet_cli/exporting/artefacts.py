"""The exported networks of a run: where they lie, and whether they are whole and of its model."""

import sys
from pathlib import Path, PurePosixPath

import numpy as np
from tqdm import tqdm

from auxnet_cli import __version__
from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.exporting.formats import FORMATS, Format
from auxnet_cli.inference.engines.engine import Engine
from auxnet_cli.inference.engines.opening import (
    EXPORTED,
    check_engine,
    fastest,
    open_artefact,
    open_engine,
)
from auxnet_cli.system.files import sha256
from auxnet_cli.system.untrusted import read_json

EXPORTS = "exports"
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


def artefact_folder(exports: Path, format_: Format, precision: str = "fp32") -> Path:
    """Where an artefact lies in a folder of exports: ``openvino``, ``openvino-int8``.

    One in fp32 is computed in bf16 as well.
    """
    return exports / (f"{format_.name}-int8" if precision == "int8" else format_.name)


def find_artefact(folder: Path, format_: Format, digest: str) -> Path | None:
    """The artefact in a folder, if it is whole, passed the parity gate, and is of the same model.

    Args:
        folder: of the artefact.
        format_: its format.
        digest: SHA-256 of ``model.keras``.
    """
    return folder / format_.file if _fault(folder, format_, digest) is None else None


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file in an artefact's folder, by its path there with ``/`` between.

    They stand in its ``parity.json``: a runtime that is given a damaged artefact may well run it,
    and answer something else.
    """
    return {name: sha256(path) for name, path in sorted(_files(folder).items())}


def _files(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }


def _fault(folder: Path, format_: Format, digest: str) -> str | None:
    """Why there is no artefact to take in a folder, in words; ``None`` where there is one."""
    if not (folder / PARITY).is_file():
        return "was not exported"
    try:
        parity = read_json(folder / PARITY)
        key = parity["model_sha256"], parity["tool_version"]
        known = {str(name): str(value) for name, value in parity["files"].items()}
    except (InputError, TypeError, KeyError, AttributeError):
        return "was exported by another version of auxnet, or its parity.json is damaged"
    if key != (digest, __version__):
        return "was exported of another model or by another version of auxnet"
    present = _files(folder)
    if not any(PurePosixPath(name).parts[:1] == (format_.file,) for name in known):
        return f"holds no {format_.file}"
    for name, value in known.items():
        if name not in present or sha256(present[name]) != value:
            return f"is damaged ({name if name in present else f'{name} is missing'})"
    return None


def _exported(run: Path, format_: Format, precision: str, digest: str) -> Path:
    """The run's artefact, made if there is none that is still good."""
    folder = artefact_folder(run / EXPORTS, format_, precision)
    fault = _fault(folder, format_, digest)
    if fault is None:
        return folder / format_.file
    if precision == "int8":  # it takes minutes, and images with their truth
        raise InputError(
            f"{folder} {fault}: auxnet export --model {run} --format {format_.name} --int8."
        )
    from auxnet_cli.jobs.export import export

    reason = f"{folder} {fault}. " if folder.exists() else ""
    _say(f"{reason}Exporting the network to {format_.title}, once, into {folder}.")
    export(run, (format_.name,))
    return folder / format_.file


def _open_network(run: Path, name: str, threads: int | None) -> Engine:
    from auxnet_cli.inference.inspector import load_network

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
