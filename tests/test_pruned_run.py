import json
import shutil

import numpy as np
import pytest

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inspector import Inspector
from auxnet_cli.jobs.evaluate import evaluate, report_folder
from auxnet_cli.jobs.export import export
from auxnet_cli.jobs.predict import predict
from auxnet_cli.model.heads import card_outputs
from auxnet_cli.pruned_run import pruned_run
from auxnet_cli.settings.calibration import Calibration, Rate


@pytest.fixture
def run(trained, tmp_path):
    folder = tmp_path / "runs" / "tiny"
    shutil.copytree(trained[0], folder)
    return folder


def images(card, count=2):
    return np.random.default_rng(0).integers(0, 256, (count, *card.size, 3)).astype(np.uint8)


@pytest.mark.parametrize("tasks", [("cls",), ("seg",), ("det",), ("det", "cls")])
def test_the_branches_that_stay_answer_to_the_last_digit(run, tasks):
    whole, part = Inspector.open(run, "keras"), Inspector.open(pruned_run(run, tasks), "keras")
    kept = part.card
    assert set(kept.tasks) == set(tasks)
    assert kept.parameters < whole.card.parameters
    batch = images(kept)
    expected, found = whole.engine.run(batch), part.engine.run(batch)
    assert set(found) == set(card_outputs(kept))
    for name, values in found.items():
        np.testing.assert_array_equal(values, expected[name])


def test_all_tasks_are_the_run_itself(run):
    assert pruned_run(run, None) == run
    assert pruned_run(run, ("det", "seg", "cls")) == run
    assert not (run / "pruned").exists()


def test_it_is_made_once_and_anew_of_another_network(run):
    folder = pruned_run(run, ("cls",))
    assert folder == run / "pruned" / "tiny-cls"
    made = (folder / "model.keras").stat().st_mtime_ns
    assert pruned_run(run, ("cls",)) == folder
    assert (folder / "model.keras").stat().st_mtime_ns == made
    (folder / "model.keras").write_bytes(b"damaged")
    pruned_run(run, ("cls",))
    card = ModelCard.read(folder / "model.json")
    assert card.check_network(folder)
    document = json.loads((folder / "model.json").read_text())
    (folder / "model.json").write_text(json.dumps({**document, "pruned_from": "0" * 64}))
    pruned_run(run, ("cls",))
    again = ModelCard.read(folder / "model.json")
    assert again.pruned_from == ModelCard.read(run / "model.json").sha256


def test_a_calibration_of_all_votes_is_left_behind_and_some_head_decides(run):
    card = ModelCard.read(run / "model.json")
    rate = Rate(hits=1, trials=2, low=0.1, high=0.9)
    calibration = Calibration(
        weights={"cls": 1, "det": 1}, bias=0, thresholds=dict.fromkeys(card.classes, 0.5),
        shared=(), target="catch", level=0.9, dataset="x", recall=rate, false_alarms=rate,
    )  # fmt: skip
    decision = card.decision.model_copy(update={"calibration": calibration, "verdict": ("det",)})
    card.model_copy(update={"decision": decision}).write(run / "model.json")
    pruned = ModelCard.read(pruned_run(run, ("cls",)) / "model.json")
    assert pruned.decision.calibration is None
    assert pruned.decision.verdict == ("cls",)
    kept = ModelCard.read(pruned_run(run, ("cls", "det")) / "model.json")
    assert kept.decision.verdict == ("det",)


def test_a_task_that_the_run_lacks(run):
    with pytest.raises(InputError, match="trained for cls, not for seg"):
        pruned_run(pruned_run(run, ("cls",)), ("seg",))


def test_commands_take_tasks(run, made, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    predict(made.root / "images", model=run, tasks=("cls",), engine="keras")
    lines = (tmp_path / "predictions" / "tiny-cls" / "predictions.jsonl").read_text()
    first = json.loads(lines.splitlines()[0])
    assert first["scores"]
    assert first["boxes"] is None
    report = evaluate(run, made.root, tasks=("seg",), engine="keras").document()
    assert report["model"]["tasks"] == ["seg"]
    assert report["classification"] is None
    folder = report_folder(run, "test", None, ("seg",))
    assert folder == run / "pruned" / "tiny-seg" / "evaluation" / "test"
    assert (folder / "report.json").is_file()
    assert not (run / "evaluation").exists()


def test_an_export_of_some_tasks(run, made):
    artefact = export(run, data=made.root, tasks=("cls",)).artefacts[0]
    assert artefact.path.startswith(str(run / "pruned" / "tiny-cls" / "exports"))
    assert artefact.parity.passed
