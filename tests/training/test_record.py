import json

import pytest

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.documents.scores import SplitScores
from auxnet_cli.errors import InputError
from auxnet_cli.scoring.evidence import EvaluatedSplit
from auxnet_cli.scoring.scores import score
from auxnet_cli.settings import AnchorSettings, DecisionSettings
from auxnet_cli.system.files import sha256
from auxnet_cli.training.record import RunRecord

CARD = ModelCard(
    tool_version="0",
    name="defect-aux-net",
    classes=("pit",),
    label_kind="multi-label",
    tasks=("cls",),
    size=(32, 32),
    anchors=AnchorSettings(),
    decision=DecisionSettings(),
    parameters=1,
    initial_weights="none",
    dataset={"name": "x", "fingerprint": "y"},
    sha256="",
)


class Network:
    """Saves how often it was saved."""

    saved = 0

    def save(self, path):
        assert path.suffix == ".keras"
        self.saved += 1
        path.write_text(f"network {self.saved}")


@pytest.fixture
def record(tmp_path, monkeypatch):
    """Records runs, without their curves."""
    monkeypatch.setattr("auxnet_cli.training.record.save_curves", lambda *_: None)

    def make(monitored, last=False):
        return RunRecord(tmp_path, Network(), CARD, monitored, last)

    return make


def line(epoch, loss=1.0, **figures):
    return {"epoch": epoch, "loss": loss, "learning_rate": 0.1, **figures}


def test_the_best_score_is_kept(record, tmp_path):
    run = record("val_score")
    scores = [0.2, 0.5, 0.4, None, 0.5]
    improved = [run.add(line(epoch, val_score=s)) for epoch, s in enumerate(scores, 1)]
    # Of two equally good, the later has learned for longer.
    assert improved == [True, True, False, False, True]
    assert (run.kept_score, run.kept_epoch) == (0.5, 5)
    assert (tmp_path / "model.keras").read_text() == "network 3"


def test_the_smallest_loss_is_kept(record):
    run = record("loss")
    assert [run.add(line(epoch, loss)) for epoch, loss in enumerate([3, 1, 2], 1)] == [
        True,
        True,
        False,
    ]
    assert (run.kept_score, run.kept_epoch) == (-1, 2)


def test_the_last_is_kept_however_it_scores(record, tmp_path):
    run = record("val_score", last=True)
    scores = [0.2, 0.5, None, 0.4]
    assert [run.add(line(epoch, val_score=s)) for epoch, s in enumerate(scores, 1)] == [
        True,
        True,
        False,
        True,
    ]
    assert (run.kept_score, run.kept_epoch, run.best_epoch) == (0.4, 4, 2)
    assert (tmp_path / "model.keras").read_text() == "network 3"


def test_the_last_of_a_training_without_validation(record):
    run = record("loss", last=True)
    assert [run.add(line(epoch, loss)) for epoch, loss in enumerate([1, 3], 1)] == [True, True]
    assert (run.kept_score, run.kept_epoch, run.best_epoch) == (-3, 2, 1)


def test_epochs_without_validation_do_not_count(record, tmp_path):
    run = record("val_score")
    assert not run.add(line(1))
    assert not (tmp_path / "model.keras").exists()
    assert run.add(line(2, val_score=0.0))


def test_history_and_curves_grow_with_each_epoch(tmp_path):
    run = RunRecord(tmp_path, Network(), CARD, "loss")
    for epoch in (1, 2):
        run.add(line(epoch, loss=1 / epoch, val_f1=None))
        text = (tmp_path / "history.jsonl").read_text()
        assert [json.loads(row) for row in text.splitlines()] == run.history
        assert len(run.history) == epoch
    assert (tmp_path / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_the_card_names_its_model(record, tmp_path):
    record("loss").add(line(1))
    card = ModelCard.read(tmp_path / "model.json")
    assert card.sha256 == sha256(tmp_path / "model.keras")
    assert card.classes == ("pit",)


def test_closing_keeps_what_there_is(record, tmp_path):
    run = record("val_score")
    run.close()
    assert (tmp_path / "model.keras").read_text() == "network 1"


def test_closing_does_not_replace_the_best(record, tmp_path):
    run = record("loss")
    run.add(line(1))
    run.close()
    assert (tmp_path / "model.keras").read_text() == "network 1"


def test_a_full_disk_keeps_the_earlier_model(record, tmp_path, monkeypatch):
    run = record("loss")
    run.add(line(1))

    def full(self, path):
        path.write_text("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Network, "save", full)
    with pytest.raises(OSError, match="No space"):
        run.add(line(2, loss=0.5))
    assert (tmp_path / "model.keras").read_text() == "network 1"
    assert ModelCard.read(tmp_path / "model.json").sha256 == sha256(tmp_path / "model.keras")


def test_the_best_models_report_is_kept(record, tmp_path):
    run, path = record("val_score"), tmp_path / "validation.json"
    scores = score(EvaluatedSplit([], ("pit",), ("cls",)))
    first, second, third = (
        SplitScores(**scores.entries(), unreadable=[name]) for name in ("a", "b", "c")
    )
    assert run.report() is None
    run.add(line(1, val_score=0.5), first)
    run.add(line(2, val_score=0.4), second)
    assert run.report() == first
    run.add(line(3, val_score=0.6), third)
    assert run.report() == third
    document = json.loads(path.read_text())
    assert document == {**scores.document(), "unreadable": ["c"]}
    assert list(document)[-2:] == ["reasons", "unreadable"]
    path.write_text('{"images": 3}')
    with pytest.raises(InputError, match=r"validation\.json is damaged, or of another version"):
        run.report()


def test_earlier_lines_are_taken_up_without_saving(record, tmp_path):
    lines = [line(1, val_score=0.5), line(2, val_score=0.7), line(3, val_score=0.6)]
    run = record("val_score")
    run.load_state_dict({"history": lines})
    assert (run.kept_score, run.kept_epoch, run.history) == (0.7, 2, lines)
    assert not any(tmp_path.iterdir())
    assert not run.add(line(4, val_score=0.65))
    assert run.add(line(5, val_score=0.7))
