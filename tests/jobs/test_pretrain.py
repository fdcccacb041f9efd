import shutil
from pathlib import Path

import pytest

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.data.synthetic.photographs import CLASSES
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.documents.training_result import TrainingResult
from auxnet_cli.errors import InputError
from auxnet_cli.jobs import pretrain as module
from auxnet_cli.jobs.pretrain import pretrain
from auxnet_cli.settings.loader import read_settings

FEW = ("pretraining.images=20", "pretraining.epochs=1")


@pytest.fixture
def plant(made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made.root, "data/strips")
    return Dataset.open(Path("data/strips"))


@pytest.fixture
def calls(monkeypatch):
    """What ``train`` is called with; it learns nothing."""
    calls = []
    result = TrainingResult(
        run="runs/a", data="d", epochs=0, best_epoch=None, best=None, history=[], unreadable={},
        warnings=[], seconds=0,
    )  # fmt: skip
    monkeypatch.setattr(module, "train", lambda *given: calls.append(given) or result)
    return calls


def test_a_run_on_procedural_defects(plant, eager, tiny):
    overrides = [*tiny, *FEW, "training.frozen_epochs=1"]
    answer = pretrain(overrides=overrides, out=Path("runs/pre"))
    assert answer.photos == str(Path("data/strips"))
    assert answer.data == answer.grown.out == str(Path("data/strips/grown"))
    assert [line["epoch"] for line in answer.history] == [1]
    # The photos of the validation split carry the images that the scores are from.
    assert answer.history[0]["val_score"] is not None
    card = ModelCard.read(Path("runs/pre/model.json"))
    assert card.classes == CLASSES
    assert card.label_kind == "multi-label"
    settings = read_settings(Path("runs/pre/config.yaml"))
    assert settings.training.epochs == 1
    assert settings.training.sampling == "natural"


def test_options_reach_the_training(plant, calls):
    Path("c.yaml").write_text("training: {epochs: 7, batch_size: 3}\ntile: {size: [64, 64]}\n")
    pretrain(
        ("seg",), Path("strips"), 25, "swift", Path("c.yaml"), ["data.size=[32, 96]"], Path("o")
    )
    ((tasks, data, preset, config, overrides, out),) = calls
    assert (tasks, data, preset, config, out) == (
        ("seg",), Path("data/strips/grown"), "swift", Path("c.yaml"), Path("o"),
    )  # fmt: skip
    settings = module.load_settings(preset, config, overrides)
    assert settings.training.epochs == settings.pretraining.epochs == 10
    assert settings.training.batch_size == 3
    assert settings.data.size == (32, 96)
    assert settings.tile.size is None
    made = Dataset.open(data)
    assert len(made.split("train") + made.split("val")) == 25


def test_the_preset_is_that_of_the_photos(plant, calls):
    pretrain(overrides=FEW)
    assert calls[0][2] == "demo"


def test_wrong_calls(plant, calls):
    with pytest.raises(InputError, match=r"pretraining\.images"):
        pretrain(images=3)
    with pytest.raises(InputError, match="is a file"):
        pretrain(out=Path(__file__))
    assert not calls
