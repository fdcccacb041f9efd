import contextlib
from pathlib import Path

import pytest
from hypothesis import settings

from auxnet_cli.data.dataset import Dataset

# Shared machines stall now and then; a deadline a test would fail for no fault of the code.
settings.register_profile("auxnet", deadline=None)
settings.load_profile("auxnet")

# The smallest network that has every part; on a few small images it trains in seconds.
TINY = (
    "data.size=[32, 96]",
    "model.pyramid_width=16",
    "model.segmentation_width=16",
    "model.detection_width=16",
    "model.detection_depth=1",
    "training.batch_size=4",
    "training.epochs=2",
)


@pytest.fixture(scope="session")
def tiny():
    """Settings of a tiny network, as ``--set`` takes them."""
    return TINY


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A synthetic data set with images in every split, for reading only."""
    from auxnet_cli.data.prepare import prepare

    folder = tmp_path_factory.mktemp("made") / "data" / "strips"
    prepare("synthetic", images=16, out=folder, val=0.25, test=0.25)
    return Dataset.open(folder)


@pytest.fixture(scope="session")
def trained(tmp_path_factory, made):
    """A run of two epochs on ``made``, for reading only; and what ``train`` answered."""
    from auxnet_cli.training.train import train

    workspace = tmp_path_factory.mktemp("trained")
    with contextlib.chdir(workspace):
        answer = train(data=made.root, overrides=TINY, out=Path("runs/tiny"))
    return workspace / "runs" / "tiny", answer


@pytest.fixture
def eager(monkeypatch):
    """Few small steps, fast: no graphs are traced, and ResNet-18 has one block a level."""
    from auxnet_cli.backend import keras
    from auxnet_cli.model.encoder import ENCODERS

    block, _ = ENCODERS["resnet18"]
    monkeypatch.setitem(ENCODERS, "resnet18", (block, (1, 1, 1, 1)))
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)
