"""What follows a training beside its own record: TensorBoard, and MLflow where it is installed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from auxnet_cli.settings import Settings
from auxnet_cli.training.logging.mlflow import open_mlflow_log
from auxnet_cli.training.logging.tensorboard import Board, Pictures


class Logger(Protocol):
    """Takes the epochs of a training one by one."""

    def add(self, line: dict[str, Any]) -> None:
        """Take an epoch's line of the history. An epoch may come again after a resume."""
        ...

    def close(self) -> None:
        """The training has ended, or was interrupted, and the run's files are complete."""
        ...


def open_loggers(
    run: Path, settings: Settings, pictures: Pictures, warn: Callable[[str], None]
) -> list[Logger]:
    """The loggers of a run, new or resumed.

    Args:
        run: its folder.
        settings: of the training.
        pictures: draws the sample predictions.
        warn: told once where a logger gives up; the training goes on without it.
    """
    mlflow = open_mlflow_log(run, settings, warn)
    return [Board(run / "tensorboard", pictures), *([mlflow] if mlflow else [])]
