"""Logs a training to MLflow, where that is installed: ``pip install "auxnet[mlflow]"``."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from auxnet_cli.documents.model_card import CARD
from auxnet_cli.documents.training_result import EpochLine
from auxnet_cli.settings import Settings, walk
from auxnet_cli.system.files import write_json
from auxnet_cli.workspace import CONFIG, ENVIRONMENT, HISTORY

DEFAULT_EXPERIMENT = "auxnet"

ARTIFACTS = [CARD, CONFIG, ENVIRONMENT, HISTORY, "curves.png", "validation.json"]

# A server that is away must not hold the training up for the minutes that MLflow grants it, and
# nothing of a plant's training is reported elsewhere.
VARIABLES = {
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
}

PARAMETERS = 100
"""The most that a server takes at once."""


class MlflowLogger:
    """Sends settings, the numbers of each epoch and the run's documents to the tracking server.

    MLflow's own variables name the server and the experiment: ``MLFLOW_TRACKING_URI``,
    ``MLFLOW_EXPERIMENT_NAME`` ("auxnet" if not set). The run's ``mlflow.json`` keeps the MLflow
    run's id, so that a resumed training goes on in it. When the server fails, ``warn`` is called
    and nothing more is sent: the run's own files have everything.
    """

    def __init__(self, run: Path, settings: Settings, warn: Callable[[str], None]) -> None:
        self._run = run
        self._settings = settings
        self._warn = warn
        self._client: Any = None
        self._id = ""
        self._last = 0
        self._failed = False
        self._attempt(self._open)

    def add(self, line: EpochLine) -> None:
        """Sends an epoch's numbers, unless they were sent before the training was interrupted."""
        if (line["epoch"] or 0) > self._last:
            self._attempt(lambda: self._send(line))

    def close(self) -> None:
        """Sends the run's documents and ends the MLflow run."""
        self._attempt(self._end)

    def _attempt(self, work: Callable[[], None]) -> None:
        if self._failed:
            return
        try:
            work()
        except Exception as error:  # whatever the store or the network behind it raises
            self._failed = True
            text = " ".join(str(error).split())[:200] or type(error).__name__
            self._warn(
                f"MLflow takes no more of this training ({text}): see to MLFLOW_TRACKING_URI; the "
                f"training goes on, and {self._run} holds all that is missing there."
            )

    def _open(self) -> None:
        for name, value in VARIABLES.items():
            os.environ.setdefault(name, value)
        from mlflow import MlflowClient
        from mlflow.entities import Param

        self._client = MlflowClient()
        note = self._run / "mlflow.json"
        if note.is_file():
            self._id = json.loads(note.read_text(encoding="utf-8"))["run_id"]
            self._client.update_run(self._id, status="RUNNING")
            sent = self._client.get_metric_history(self._id, "loss")
            self._last = max((metric.step for metric in sent), default=0)
            return
        name = os.environ.get("MLFLOW_EXPERIMENT_NAME", DEFAULT_EXPERIMENT)
        known = self._client.get_experiment_by_name(name)
        experiment = known.experiment_id if known else self._client.create_experiment(name)
        self._id = self._client.create_run(experiment, run_name=self._run.name).info.run_id
        write_json(note, {"run_id": self._id})
        settings = [Param(name, str(value)) for name, value, *_ in walk(self._settings)]
        for start in range(0, len(settings), PARAMETERS):
            self._client.log_batch(self._id, params=settings[start : start + PARAMETERS])

    def _send(self, line: EpochLine) -> None:
        from mlflow.entities import Metric

        now = int(1000 * time.time())
        metrics = [
            Metric(name, float(value), now, line["epoch"])
            for name, value in line.items()
            if value is not None
        ]
        self._client.log_batch(self._id, metrics=metrics)

    def _end(self) -> None:
        for name in ARTIFACTS:
            if (self._run / name).is_file():
                self._client.log_artifact(self._id, str(self._run / name))
        self._client.set_terminated(self._id)
