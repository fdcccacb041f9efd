from types import SimpleNamespace

import pytest

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.training import validation
from auxnet_cli.training.validation import Validator

REPORT = {
    "classification": {"f1": 0.5},
    "segmentation": {"dice": 0.2},
    "detection": {"map50": 0.2},
    "screening": {"escape_rate": 0.1, "false_alarm_rate": None},
}


@pytest.fixture
def scores(monkeypatch):
    """The validator's answer to a report of the split."""

    def answer(report, records=("an image",)):
        monkeypatch.setattr(validation, "open_engine", lambda network: None)
        monkeypatch.setattr(
            validation.NetworkInspector,
            "of",
            lambda *_: SimpleNamespace(card=SimpleNamespace(classes=("pit",))),
        )
        monkeypatch.setattr(validation, "score_split", lambda *_: REPORT | report)
        return Validator(None, None, records).scores()

    return answer


def test_each_heads_figure_and_their_mean(scores):
    assert scores({}) == {
        "val_f1": 0.5,
        "val_dice": 0.2,
        "val_map50": 0.2,
        "val_score": pytest.approx(0.3),
        "val_escape_rate": 0.1,
        "val_false_alarm_rate": None,
    }


def test_a_head_that_was_not_built_has_no_figure(scores):
    line = scores({"detection": None, "classification": None})
    assert "val_f1" not in line
    assert "val_map50" not in line
    assert line["val_score"] == 0.2


def test_a_figure_that_the_split_cannot_give_stays_out_of_the_mean(scores):
    line = scores({"detection": {"map50": None}})
    assert line["val_map50"] is None
    assert line["val_score"] == pytest.approx(0.35)
    nothing = {name: dict.fromkeys(REPORT[name]) for name in list(REPORT)[:3]}
    assert scores(nothing)["val_score"] is None


def test_without_a_split_there_is_nothing(scores):
    assert scores({}, records=()) == {}


def test_weights_are_read_anew(trained, made):
    """The scores of a network follow what it learns after the validator was made."""
    from auxnet_cli.inference.network_file import load_network

    run, _ = trained
    network = load_network(run / "model.keras")
    card = ModelCard.read(run / "model.json")
    validator = Validator(network, card, made.split("val"))
    before = validator.scores()
    head = network.get_layer("classification")
    kernel, bias = head.get_weights()
    head.set_weights([kernel * 0, bias * 0 - 20])
    after = validator.scores()
    assert after["val_f1"] == 0
    assert after["val_dice"] == before["val_dice"]
