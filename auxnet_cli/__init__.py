"""Surface-defect inspection: verdict, classes, masks and boxes from one network in one pass.

Every command is also a function of the same job::

    from auxnet_cli import prepare, train, evaluate, predict, benchmark

One image at a time, without files::

    from auxnet_cli import Inspector

    Inspector.open("runs/latest").inspect("strip.png").verdict

They are imported on first use, because the network's libraries take seconds to load.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Inspector": "auxnet_cli.inspector",
    "Inspection": "auxnet_cli.inspection",
    "prepare": "auxnet_cli.jobs.prepare",
    "convert": "auxnet_cli.jobs.convert",
    "find_lr": "auxnet_cli.jobs.find_lr",
    "pretrain": "auxnet_cli.jobs.pretrain",
    "train": "auxnet_cli.jobs.train",
    "evaluate": "auxnet_cli.jobs.evaluate",
    "calibrate": "auxnet_cli.jobs.calibrate",
    "compare": "auxnet_cli.jobs.compare",
    "predict": "auxnet_cli.jobs.predict",
    "benchmark": "auxnet_cli.jobs.benchmark",
    "export": "auxnet_cli.jobs.export",
    "study": "auxnet_cli.jobs.study",
    "demonstrate": "auxnet_cli.jobs.demonstrate",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - the names are those above


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
