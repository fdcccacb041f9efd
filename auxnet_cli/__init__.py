"""Surface-defect inspection: verdict, classes, masks and boxes from one network in one pass.

Every command is also a function of the same job::

    from auxnet_cli import prepare, train, evaluate, predict, benchmark

They are imported on first use, because the network's libraries take seconds to load.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "prepare": "auxnet_cli.data.prepare",
    "convert": "auxnet_cli.data.convert",
    "find_lr": "auxnet_cli.training.find_lr",
    "pretrain": "auxnet_cli.training.pretrain",
    "train": "auxnet_cli.training.train",
    "evaluate": "auxnet_cli.runtime.evaluate",
    "calibrate": "auxnet_cli.runtime.calibrate",
    "compare": "auxnet_cli.runtime.compare",
    "predict": "auxnet_cli.runtime.predict",
    "benchmark": "auxnet_cli.runtime.benchmark",
    "export": "auxnet_cli.runtime.export",
    "demonstrate": "auxnet_cli.demonstration",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - the names are those of the functions above


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
