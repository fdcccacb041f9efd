import numpy as np

from auxnet_cli.settings import Settings
from auxnet_cli.training.logging import mlflow as mlflow_log
from auxnet_cli.training.logging.loggers import open_loggers
from auxnet_cli.training.logging.tensorboard import TensorBoardLogger


def test_tensorboard_always_and_mlflow_where_it_is_installed(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    (board,) = open_loggers(tmp_path, Settings(), dict, print)
    assert isinstance(board, TensorBoardLogger)
    board.add({"epoch": 1, "loss": np.float32(1.0)})
    board.close()
    assert list((tmp_path / "tensorboard").iterdir())

    monkeypatch.setattr("importlib.util.find_spec", lambda name: name == "mlflow")
    monkeypatch.setattr(mlflow_log.MlflowLogger, "_open", lambda self: None)
    _, log = open_loggers(tmp_path, Settings(), dict, print)
    assert isinstance(log, mlflow_log.MlflowLogger)
