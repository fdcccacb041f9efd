"""Opens what follows a training beside its own record: TensorBoard and, if installed, MLflow."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

from auxnet_cli.settings import Settings
from auxnet_cli.training.logging.mlflow import MlflowLogger
from auxnet_cli.training.logging.tensorboard import Pictures, TensorBoardLogger

Logger = TensorBoardLogger | MlflowLogger
"""Receives the epochs of a training one by one; after a resume some come again."""


def open_loggers(
    run: Path, settings: Settings, pictures: Pictures, warn: Callable[[str], None]
) -> list[Logger]:
    """Returns the loggers of a run, new or resumed; ``warn`` is called once where one gives up."""
    loggers: list[Logger] = [TensorBoardLogger(run / "tensorboard", pictures)]
    if importlib.util.find_spec("mlflow"):
        loggers.append(MlflowLogger(run, settings, warn))
    return loggers
