import json
import shutil

import numpy as np
import pytest

from auxnet_cli.data.images.reading import read_image
from auxnet_cli.documents.memory import MemoryCard
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inspector import Inspector
from auxnet_cli.jobs import calibrate as module
from auxnet_cli.jobs.calibrate import calibrate
from auxnet_cli.jobs.predict import predict
from auxnet_cli.scoring.calibration.fusion import fused_voters
from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.settings import TileSettings
from auxnet_cli.system.files import sha256
from auxnet_cli.task import voters
from auxnet_cli.verdict.fused_votes import fuse


@pytest.fixture
def run(trained, tmp_path):
    """A run of its own, to be written into."""
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("model.keras", "model.json"):
        shutil.copy(trained[0] / name, folder / name)
    return folder


def _change(run, **fields):
    card = ModelCard.read(run / "model.json")
    card.model_copy(update=fields).write(run / "model.json")


def _card(run):
    return ModelCard.read(run / "model.json")


@pytest.fixture
def split(monkeypatch, made):
    """In place of the network: 60 good and 40 defective images of a simulated validation split."""
    generator = np.random.default_rng(0)
    count = len(made.classes)
    labels = np.zeros((100, count), bool)
    labels[np.arange(60, 100), np.arange(40) % count] = True
    odds = generator.normal(-3, 1.5, (3, 100, count)) + 4 * labels
    votes = (1 / (1 + np.exp(-odds))).astype(np.float32)
    novelty = 0.3 * generator.random(100) + 0.4 * labels.any(axis=1)

    class Blind:
        """An inspector whose answers nobody reads."""

        engine = None

        def __init__(self, card):
            self.card = card

    seen = []

    def gather(inspector, records, progress):
        assert progress
        seen.append(inspector.card.decision)
        temperature = inspector.card.decision.temperature
        scores = 1 / (1 + np.exp(-odds[0] / temperature))
        return [
            Evidence(
                f"{index}.png",
                f"{index}.png",
                labels[index],
                bool(scores[index].max() >= 0.5),
                scores[index],
                {
                    "cls": scores[index],
                    "seg": votes[1, index],
                    "any": np.full(count, votes[1, index].max()),
                    "det": votes[2, index],
                    "novelty": np.full(count, novelty[index]),
                },
                None,
                None,
                np.zeros((int(labels[index].any()), 5)),
                (),
            )
            for index in range(100)
        ], []

    def opened(run, engine, decision, precision, images):
        return Blind(_card(run).model_copy(update={"decision": decision}))

    monkeypatch.setattr(Inspector, "open", opened)
    monkeypatch.setattr(Inspector, "of", lambda card, engine: Blind(card))
    monkeypatch.setattr(module, "gather_split", gather)
    # The real split is small; its own check has its own tests.
    records = made.split("val")
    defective = next(record for record in records if record.labels)
    good = next(record for record in made.split("train") if not record.labels)
    monkeypatch.setattr(
        "auxnet_cli.data.dataset.Dataset.split", lambda *_: [good] * 60 + [defective] * 40
    )
    return seen


@pytest.fixture
def any_weights(monkeypatch):
    """Heads that tell nothing are weighed all the same."""
    monkeypatch.setattr(
        "auxnet_cli.scoring.calibration.fitted_verdict.fit_fusion",
        lambda votes, labels: (dict.fromkeys(votes, 0.5), -0.25),
    )


def test_predict_then_decides_by_the_rule(run, made, tmp_path, any_weights, opened_once):
    """End to end: the real network, on tiles; half of 2 defective images is one."""
    _change(run, tile=TileSettings(size=(96, 200)))
    weights = sha256(run / "model.keras")
    answer = calibrate(run, made.root, catch=0.5, engine="keras")
    card = _card(run)
    calibration = card.decision.calibration
    assert answer.calibration.recall.value >= 0.5
    assert answer.calibration.thresholds == calibration.thresholds
    assert calibration.dataset == made.fingerprint
    assert sha256(run / "model.keras") == weights == card.sha256
    records = made.split("val")
    given = {"model": run, "out": tmp_path / "out", "formats": [], "engine": "keras"}
    predict([record.path for record in records], **given)
    lines = (tmp_path / "out" / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    verdicts = {line["path"]: line["verdict"] for line in map(json.loads, lines)}
    inspector = Inspector.open(run, "keras")
    stopped = 0
    for record in records:
        (found,) = inspector.inspect_batch([read_image(record.path, card.bits)])
        scores = fuse(found.votes, calibration.weights, calibration.bias)
        defective = any(scores >= list(calibration.thresholds.values()))
        assert verdicts[record.path.as_posix()] == ("defective" if defective else "good")
        stopped += defective and bool(record.labels)
    assert stopped == answer.calibration.recall.hits
    # A threshold given by hand sets the calibration aside.
    assert predict([records[0].path], **given, threshold=0.0).good == 0
    assert predict([records[0].path], **given, threshold=1.0).defective == 0


@pytest.mark.parametrize("tasks", [("cls",), ("seg",), ("det",), ("cls", "seg", "det")])
def test_the_promise_is_kept_whatever_heads_there_are(run, made, split, tasks):
    _change(run, tasks=tasks)
    caught = calibrate(run, made.root, catch=0.95)
    assert caught.calibration.recall.value >= 0.95
    assert list(caught.calibration.weights) == fused_voters(tasks)
    assert "calibrated to catch at least 95 %" in caught.rule
    quiet = calibrate(run, made.root, false_alarms=0.05)
    assert quiet.calibration.false_alarms.value <= 0.05
    assert "stop at most 5 %" in quiet.rule
    assert _card(run).decision.calibration.target == "false-alarms"
    assert split[1].calibration is None  # the earlier calibration does not count for `before`


def test_only_the_heads_that_may_vote_are_fused(run, made, split):
    decision = _card(run).decision.model_copy(update={"verdict": ("seg",)})
    _change(run, decision=decision)
    assert list(calibrate(run, made.root, catch=0.9).calibration.weights) == ["any"]


def test_a_memory_takes_part_whatever_heads_may_vote(run, made, split):
    decision = _card(run).decision.model_copy(update={"verdict": ("seg",)})
    memory = MemoryCard(vectors=10, images=20, judged=10, median=0.0, spread=0.1)
    _change(run, decision=decision, memory=memory)
    fitted = calibrate(run, made.root, catch=0.9)
    assert list(fitted.calibration.weights) == ["any", "novelty"]
    assert fitted.calibration.weights["novelty"] > 0
    assert "logit(novelty)" in fitted.rule
    assert _card(run).decision.calibration.weights == fitted.calibration.weights


def test_a_temperature_alone_and_with_a_promise(run, made, split):
    alone = calibrate(run, made.root, temperature=True)
    found = alone.temperature.value
    assert alone.calibration is None
    assert _card(run).decision.temperature == found
    assert [decision.temperature for decision in split] == [1, found]
    both = calibrate(run, made.root, catch=0.9, temperature=True)
    assert both.temperature.value == pytest.approx(found)
    assert both.calibration.recall.value >= 0.9
    kept = calibrate(run, made.root, catch=0.9)
    assert kept.temperature is None
    assert _card(run).decision.temperature == pytest.approx(found)
    assert kept.calibration == both.calibration
    with pytest.raises(InputError, match="repeat `catch` or `false_alarms` together with `temp"):
        calibrate(run, made.root, temperature=True)


def test_doubts_are_told(run, made, split, capsys):
    calibrate(run, made.root, catch=0.9)
    assert "WARNING" not in capsys.readouterr().err
    _change(run, dataset={"name": made.name, "fingerprint": "ab" * 32})
    calibrate(run, made.root, catch=0.9)
    assert "Trained on another preparation of the data" in capsys.readouterr().err


def test_a_verdict_that_is_chance_is_told(run, made, split, capsys, monkeypatch, any_weights):
    generator = np.random.default_rng(1)

    def gather(inspector, records, progress):
        seen = [bool(record.labels) for record in records]
        names = [f"{index}.png" for index in range(len(seen))]
        count = len(made.classes)
        labels = np.array(seen)[:, None] & (np.arange(count) == 0)
        votes = generator.random((len(seen), count))
        return [
            Evidence(name, name, label, False, None, dict.fromkeys(voters(), vote),
                     None, None, np.zeros((int(label.any()), 5)), ())
            for name, label, vote in zip(names, labels, votes, strict=True)
        ], []  # fmt: skip

    monkeypatch.setattr(module, "gather_split", gather)
    calibrate(run, made.root, false_alarms=0.05)
    assert "cannot be told from chance" in capsys.readouterr().err


def test_kinds_never_seen_raise_the_weight_of_the_memory(run, made, split):
    memory = MemoryCard(vectors=10, images=20, judged=10, median=0.0, spread=0.1)
    _change(run, memory=memory)
    fitted = calibrate(run, made.root, catch=0.5).calibration.weights
    raised = calibrate(run, made.root, catch=0.5, unknown=True).calibration.weights
    assert raised["novelty"] > fitted["novelty"]
    assert {**raised, "novelty": 0} == {**fitted, "novelty": 0}
    assert _card(run).decision.calibration.weights == raised
    _change(run, memory=None)
    with pytest.raises(InputError, match="`unknown` needs a memory of good parts"):
        calibrate(run, made.root, catch=0.5, unknown=True)


def test_reset_takes_both_away(run, made, split):
    before = (run / "model.json").read_bytes()
    calibrate(run, made.root, catch=0.9, temperature=True)
    assert (run / "model.json").read_bytes() != before
    answer = calibrate(run, reset=True)
    assert (run / "model.json").read_bytes() == before
    assert answer.temperature is answer.calibration is None
    assert "a class scores at least" in answer.rule


def test_reset_takes_a_damaged_calibration_away(run):
    before = (run / "model.json").read_bytes()
    document = json.loads(before)
    document["decision"]["calibration"] = {"of": "an earlier version"}
    (run / "model.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="`auxnet calibrate --reset` removes the calibration"):
        calibrate(run, catch=0.9)
    calibrate(run, reset=True)
    assert (run / "model.json").read_bytes() == before


def test_no_temperature_for_the_highest_scores_of_tiles(run, made, monkeypatch):
    monkeypatch.setattr(Inspector, "open", lambda *_, **__: pytest.fail("opened"))
    _change(run, label_kind="exclusive", tile=TileSettings(size=(96, 200)))
    with pytest.raises(InputError, match="Calibrate without `temperature`"):
        calibrate(run, made.root, temperature=True)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"reset": True, "catch": 0.9},
        {"reset": True, "temperature": True},
        {"catch": 0.9, "false_alarms": 0.1},
        {"temperature": True, "unknown": True},
    ],
)
def test_options_that_contradict_are_refused(run, options):
    with pytest.raises(InputError, match="`catch`"):
        calibrate(run, **options)


def test_what_cannot_be_is_refused_before_the_network_is_opened(run, made, monkeypatch):
    monkeypatch.setattr(Inspector, "open", lambda *_, **__: pytest.fail("opened"))
    before = (run / "model.json").read_bytes()
    with pytest.raises(InputError, match="takes at least 100"):
        calibrate(run, made.root, catch=0.99)
    _change(run, tasks=("det",))
    with pytest.raises(InputError, match="not for cls"):
        calibrate(run, made.root, temperature=True)
    _change(run, tasks=("cls", "seg", "det"), classes=("other",))
    with pytest.raises(InputError, match="knows the classes other"):
        calibrate(run, made.root, catch=0.5)
    _change(run, classes=made.classes)
    monkeypatch.setattr("auxnet_cli.data.dataset.Dataset.split", lambda *_: [])
    with pytest.raises(InputError, match="holds no image"):
        calibrate(run, made.root, temperature=True)
    assert (run / "model.json").read_bytes() == before
