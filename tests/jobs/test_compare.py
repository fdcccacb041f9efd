import json
import re
import shutil
from pathlib import Path

import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.inspector import Inspector
from auxnet_cli.jobs.compare import compare, comparison_folder
from auxnet_cli.scoring.comparison import comparison


def copy_of(run, folder, **changes):
    """A copy of a run whose model card is changed."""
    shutil.copytree(run, folder)
    card = folder / "model.json"
    document = json.loads(card.read_text(encoding="utf-8"))
    card.write_text(json.dumps({**document, **changes}), encoding="utf-8")
    return folder


@pytest.fixture
def runs(trained, opened_once, tmp_path, monkeypatch):
    """Two runs, of which the second stops every image."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "auxnet_cli.jobs.compare.comparison", lambda contenders: comparison(contenders, 50)
    )
    first = copy_of(trained[0], tmp_path / "runs" / "first")
    decision = json.loads((first / "model.json").read_text(encoding="utf-8"))["decision"]
    always = {**decision, "class_score": 0.0, "verdict": ["cls"]}
    return first, copy_of(trained[0], tmp_path / "runs" / "strict", decision=always)


def test_two_runs_on_the_same_images(runs, made):
    document = compare(["first", runs[1]], made.root, cost_escape=9.0, cost_false_alarm=2.0)
    folder = Path("comparisons/first-strict-test")
    written = sorted(path.name for path in folder.iterdir())
    assert {"comparison.html", "comparison.json", "comparison.md"} <= set(written)
    assert (
        json.loads((folder / "comparison.json").read_text(encoding="utf-8")) == document.document()
    )
    assert list(document.document()) == [
        *("schema", "tool_version", "dataset", "split", "images", "cost_escape"),
        *("cost_false_alarm", "groups", "replicates", "seed", "runs", "differences", "unreadable"),
    ]
    assert list(document.document()["runs"][0])[4:] == [
        *("threshold_rule", "classes", "precision_classes", "name", "figures", "ci95"),
    ]
    assert document.dataset.fingerprint == made.fingerprint
    assert document.images == len(made.split("test"))
    assert document.unreadable == []
    first, strict = document.runs
    assert (first.name, strict.name) == ("first", "strict")
    assert first.sha256 == strict.sha256
    assert first.dataset == {"name": made.name, "fingerprint": made.fingerprint}
    assert "a class scores at least 0.5" in first.threshold_rule
    assert "a class scores at least 0" in strict.threshold_rule
    assert strict.figures["screening.escape_rate"] == 0
    assert strict.figures["screening.false_alarm_rate"] == 1
    good = sum(not record.annotations for record in made.split("test"))
    assert (document.cost_escape, document.cost_false_alarm) == (9.0, 2.0)
    assert strict.figures["screening.cost"] == pytest.approx(2 * good / document.images)
    assert strict.classes == strict.precision_classes == len(made.classes)
    assert strict.ci95["classification.recall"][1] == 1  # 1.000, and its interval says how sure
    (difference,) = document.differences
    assert difference.figures["segmentation.dice"].difference == 0
    rate = difference.figures["screening.false_alarm_rate"]
    assert rate.difference == 1 - first.figures["screening.false_alarm_rate"]


def test_a_file_as_out_is_refused_before_the_work(runs, made, tmp_path, monkeypatch):
    monkeypatch.setattr(Inspector, "open", lambda *_: pytest.fail("opened"))
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="file is a file: name a folder with `out`"):
        compare(runs, made.root, out=tmp_path / "file")


def test_unreadable_images_are_left_out_for_all(runs, made, tmp_path):
    broken = tmp_path / "data" / "broken"
    shutil.copytree(made.root, broken)
    name = made.split("test")[0].name
    (broken / "images" / name).write_bytes(b"no image")
    document = compare(runs, broken, out=tmp_path / "out")
    assert document.unreadable == [name]
    assert document.images == len(made.split("test")) - 1
    assert name in (tmp_path / "out" / "comparison.md").read_text(encoding="utf-8")


def test_calls_that_cannot_be_compared(runs, made, trained, tmp_path):
    first, _ = runs
    with pytest.raises(InputError, match="needs two runs or more"):
        compare([first], made.root)
    with pytest.raises(InputError, match=r"first is named twice"):
        compare([first, "strict", first / "model.keras"], made.root)
    with pytest.raises(InputError, match="There is no split 'tset'"):
        compare(runs, made.root, "tset")
    other = copy_of(trained[0], tmp_path / "runs" / "other", classes=["dent"])
    with pytest.raises(InputError, match=r"other knows the classes dent, but the data set"):
        compare([first, other], made.root)
    empty = tmp_path / "data" / "empty"
    shutil.copytree(made.root, empty)
    table = json.loads((empty / "annotations" / "val.json").read_text(encoding="utf-8"))
    table |= {"images": [], "annotations": []}
    (empty / "annotations" / "val.json").write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(InputError, match=r"'val' of .*empty holds no image"):
        compare(runs, empty, "val")


def test_runs_of_one_name_are_told_by_their_path(runs, made, trained, tmp_path):
    copy_of(trained[0], tmp_path / "elsewhere" / "first")
    document = compare(["runs/first", "elsewhere/first"], made.root)
    assert [run.name for run in document.runs] == ["runs/first", "elsewhere/first"]


def test_the_folder(runs, trained, tmp_path):
    third = copy_of(trained[0], tmp_path / "runs" / "third")
    assert comparison_folder(["first", "strict"], "val", None).name == "first-strict-val"
    more = [
        comparison_folder([*runs, run], "test", None).name
        for run in (third, copy_of(trained[0], tmp_path / "runs" / "fourth"))
    ]
    assert re.fullmatch(r"first-strict-and-1-[0-9a-f]{8}-test", more[0])
    assert more[0] != more[1]
    assert comparison_folder(runs, "test", Path("o")) == Path("o")
