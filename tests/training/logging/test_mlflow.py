import json
import sys
from types import ModuleType, SimpleNamespace

import pytest

from auxnet_cli.settings import Settings
from auxnet_cli.training.logging import mlflow as mlflow_log
from auxnet_cli.training.logging.mlflow import MlflowLogger


class Server:
    """A tracking server as ``MlflowClient`` shows it; it outlives its clients."""

    def __init__(self):
        self.experiments, self.runs, self.away = {}, {}, False

    def __call__(self):
        return self

    def _check(self):
        if self.away:
            raise ConnectionError("no route\nto host")

    def get_experiment_by_name(self, name):
        self._check()
        known = self.experiments.get(name)
        return known and SimpleNamespace(experiment_id=known)

    def create_experiment(self, name):
        return self.experiments.setdefault(name, f"e{len(self.experiments)}")

    def create_run(self, experiment, run_name):
        run = f"r{len(self.runs)}"
        self.runs[run] = {
            "experiment": experiment,
            "name": run_name,
            "params": {},
            "metrics": [],
            "artifacts": [],
            "status": "RUNNING",
        }
        return SimpleNamespace(info=SimpleNamespace(run_id=run))

    def update_run(self, run, status):
        self._check()
        self.runs[run]["status"] = status

    def get_metric_history(self, run, key):
        return [
            SimpleNamespace(step=step) for name, _, step in self.runs[run]["metrics"] if name == key
        ]

    def log_batch(self, run, metrics=(), params=()):
        self._check()
        assert len(metrics) + len(params) <= 100
        self.runs[run]["metrics"] += [(m[0], m[1], m[3]) for m in metrics]
        self.runs[run]["params"].update(params)

    def log_artifact(self, run, path):
        self.runs[run]["artifacts"].append(path)

    def set_terminated(self, run):
        self.runs[run]["status"] = "FINISHED"


@pytest.fixture
def server(monkeypatch):
    made = Server()
    mlflow, entities = ModuleType("mlflow"), ModuleType("mlflow.entities")
    mlflow.MlflowClient, mlflow.__spec__ = made, SimpleNamespace()
    entities.Metric, entities.Param = lambda *parts: parts, lambda *parts: parts
    monkeypatch.setitem(sys.modules, "mlflow", mlflow)
    monkeypatch.setitem(sys.modules, "mlflow.entities", entities)
    monkeypatch.delenv("MLFLOW_EXPERIMENT_NAME", raising=False)
    for name in mlflow_log.VARIABLES:
        monkeypatch.setenv(name, "")  # what the logger sets is taken back after the test
    return made


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "runs" / "r"
    folder.mkdir(parents=True)
    for name in ("model.json", "validation.json"):
        (folder / name).write_text("{}")
    return folder


def fail(text):
    raise AssertionError(text)


def test_settings_numbers_and_documents_are_sent(server, run):
    log = MlflowLogger(run, Settings(seed=7), fail)
    log.add({"epoch": 1, "loss": 2.0, "val_f1": None})
    log.add({"epoch": 2, "loss": 1.0, "val_f1": 0.5})
    log.close()
    (sent,) = server.runs.values()
    assert server.experiments == {"auxnet": sent["experiment"]}
    assert sent["name"] == "r"
    assert sent["params"]["seed"] == "7"
    assert sent["params"]["data.size"] == "(128, 800)"
    assert ("val_f1", 0.5, 2) in sent["metrics"]
    assert [step for name, _, step in sent["metrics"] if name == "val_f1"] == [2]
    assert sent["artifacts"] == [str(run / "model.json"), str(run / "validation.json")]
    assert sent["status"] == "FINISHED"


def test_a_resumed_training_goes_on_in_its_run(server, run, monkeypatch):
    log = MlflowLogger(run, Settings(), fail)
    for epoch in (1, 2, 3):
        log.add({"epoch": epoch, "loss": 10.0 - epoch})
    # Killed; the last whole state was that after epoch 2.
    log = MlflowLogger(run, Settings(seed=9), fail)
    for epoch in (3, 4):
        log.add({"epoch": epoch, "loss": 10.0 - epoch})
    log.close()
    (sent,) = server.runs.values()
    assert [step for name, _, step in sent["metrics"] if name == "loss"] == [1, 2, 3, 4]
    assert sent["params"]["seed"] == "0"
    assert json.loads((run / "mlflow.json").read_text()) == {"run_id": "r0"}


@pytest.mark.parametrize("from_the_start", [True, False])
def test_a_server_that_is_away_is_shown_of_once_and_stops_nothing(server, run, from_the_start):
    shown = []
    server.away = from_the_start
    log = MlflowLogger(run, Settings(), shown.append)
    server.away = True
    log.add({"epoch": 1, "loss": 2.0})
    log.add({"epoch": 2, "loss": 1.0})
    log.close()
    (text,) = shown
    assert "no route to host" in text
    assert "MLFLOW_TRACKING_URI" in text
    assert all(sent["metrics"] == [] for sent in server.runs.values())


def test_the_experiment_can_be_named(server, run, monkeypatch):
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "line 4")
    MlflowLogger(run, Settings(), fail)
    assert list(server.experiments) == ["line 4"]
