"""What a run was made with: versions, machine, seed, data."""

import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from auxnet_cli import __version__
from auxnet_cli.backend import keras
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.system.cpu import cpu

PACKAGES = ("keras", "tensorflow", "jax", "torch", "numpy", "opencv-python-headless", "pycocotools")


def describe(
    dataset: Dataset, seed: int, initial_weights: str, warnings: Sequence[str]
) -> dict[str, Any]:
    """The document written as ``environment.json`` when a run starts."""
    return {
        "auxnet": __version__,
        "python": platform.python_version(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "keras_backend": keras.backend.backend(),
        "platform": platform.platform(),
        "cpu": asdict(cpu()),
        "seed": seed,
        "initial_weights": initial_weights,
        "warnings": list(warnings),
        "dataset": {"name": dataset.name, "fingerprint": dataset.fingerprint},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
