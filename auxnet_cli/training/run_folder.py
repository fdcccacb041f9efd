"""Takes and locks the folder of a run, and writes what a training begins it with."""

import os
import platform
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from auxnet_cli import __version__
from auxnet_cli.backend import keras
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.documents.benchmark import Cpu
from auxnet_cli.documents.environment import Environment
from auxnet_cli.errors import InputError
from auxnet_cli.settings import Settings
from auxnet_cli.system.cpu import cpu
from auxnet_cli.system.files import write_json, write_yaml
from auxnet_cli.system.locking import LockedError, lock
from auxnet_cli.training.checkpoint import FOLDER
from auxnet_cli.workspace import CONFIG, ENVIRONMENT, new_run

LOCK = f"{FOLDER}/lock"
UNBUILT = f"{FOLDER}/memory-unbuilt"
"""What a training writes before its first checkpoint. ``UNBUILT`` goes with the memory's making."""

PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy", "opencv-python-headless", "pycocotools")


def take(out: Path | None) -> Path:
    """Returns the folder of a new training: ``out``, or ``runs/<date-time>``.

    A folder with nothing but what a training leaves that stopped before its first checkpoint counts
    as empty.

    Raises:
        InputError: ``out`` holds something else.
    """
    return out if out is not None and _only_begun(out) else new_run(out)


def _only_begun(run: Path) -> bool:
    """Returns whether a training began here and has left nothing to keep."""
    if not (run / FOLDER).is_dir():
        return False
    files = (path for path in run.rglob("*") if not path.is_dir())
    # A power failure leaves the temporary files of system.files.whole_file, which begin with a dot.
    return all(
        path.name.startswith(".")
        or path.relative_to(run).as_posix() in (LOCK, CONFIG, ENVIRONMENT, UNBUILT)
        for path in files
    )


@contextmanager
def hold(run: Path) -> Iterator[None]:
    """Keeps other processes from training the same run in the meantime.

    Raises:
        InputError: another process trains it.
    """
    path = run / LOCK
    path.parent.mkdir(exist_ok=True)
    try:
        held = lock(path)
    except LockedError:
        raise InputError(f"{run} is being trained by another process.") from None
    except OSError:
        yield  # the disk knows no locks
        return
    try:
        yield
    finally:
        os.close(held)
        path.unlink(missing_ok=True)


def write_inputs(
    run: Path,
    dataset: Dataset,
    settings: Settings,
    preset: str,
    initial_weights: str,
    warnings: list[str],
    choices: Sequence[str] = (),
) -> None:
    """Writes ``config.yaml`` and ``environment.json`` (:class:`Environment`).

    An empty file says that the run shall have a memory of good parts.
    """
    if settings.model.memory.vectors:
        (run / FOLDER).mkdir(exist_ok=True)
        (run / UNBUILT).touch()
    write_yaml(run / CONFIG, settings.model_dump(mode="json"))
    environment = Environment(
        auxnet=__version__,
        python=platform.python_version(),
        packages=_versions(),
        keras_backend=keras.backend.backend(),
        platform=platform.platform(),
        cpu=Cpu(**asdict(cpu())),
        seed=settings.seed,
        initial_weights=initial_weights,
        warnings=warnings,
        dataset={"name": dataset.name, "fingerprint": dataset.fingerprint},
        preset=preset,
        choices=tuple(choices),
    )
    write_json(run / ENVIRONMENT, environment.document())


def _versions() -> dict[str, str]:
    """Returns the versions of those packages that are installed."""
    versions = {}
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            versions[name] = version(name)
    return versions
