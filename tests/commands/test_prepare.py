import json

import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.prepare import prepare


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    app = typer.Typer()
    app.command()(prepare)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_table_and_next_command(call):
    result = call("synthetic", "--images", "12", "--seed", "1")
    assert result.exit_code == 0
    for word in ("synthetic-strip", "train", "defective", "scratch", "Next: auxnet train"):
        assert word in result.stdout
    assert "--data" not in result.stdout


@pytest.mark.parametrize(("option", "split"), [("--test", ""), ("--val", " --split val")])
def test_a_set_without_training_images_is_evaluated_next(call, option, split):
    result = call("synthetic", "--images", "8", option, "1", "--out", "acceptance")
    assert result.exit_code == 0
    assert f"Next: auxnet evaluate --model RUN --data acceptance{split}" in result.stdout


def test_json_and_another_folder(call):
    result = call("synthetic", "--images", "8", "--look", "fastener", "--out", "mine", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["out"] == "mine"
    assert "auxnet train --tasks cls,seg,det --data mine" in result.stderr


def test_bad_call_is_one_sentence_and_code_2(call):
    result = call("severstal")
    assert result.exit_code == 2
    assert "There is no folder severstal-steel-defect-detection here" in result.stderr
    assert "Traceback" not in result.stderr


def test_findings_and_warnings_are_shown(call, tmp_path):
    images = tmp_path / "s" / "train_images"
    images.mkdir(parents=True)
    (images / "bad.jpg").touch()
    # A PNG under another name, as Severstal's are.
    (images / "a.jpg").write_bytes(cv2.imencode(".png", np.ones((4, 4), np.uint8))[1].tobytes())
    (tmp_path / "s" / "train.csv").write_text("ImageId,ClassId,EncodedPixels\na.jpg,1,1 9\n")
    result = call("severstal", "s")
    assert result.exit_code == 0
    assert "unreadable-image: 1" in result.stdout
    assert "bad.jpg: " in result.stdout
    assert "WARNING: " in result.stderr
    assert "No image is of a good part" in result.stderr


def test_strict_shows_the_audit_and_ends_with_code_2(call, tmp_path):
    images = tmp_path / "s" / "train_images"
    images.mkdir(parents=True)
    (images / "bad.jpg").touch()
    for name, value in (("a.png", 1), ("b.png", 2)):
        content = cv2.imencode(".png", np.full((4, 4), value, np.uint8))[1].tobytes()
        (images / name).write_bytes(content)
    (tmp_path / "s" / "train.csv").write_text("ImageId,ClassId,EncodedPixels\na.png,1,1 9\n")
    result = call("severstal", "s", "--strict")
    assert result.exit_code == 2
    assert "bad.jpg: " in result.stdout
    assert "found 1 unreadable-image" in result.stderr
    assert "Traceback" not in result.stderr
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["severstal-audit"]
    (images / "bad.jpg").unlink()
    assert call("severstal", "s", "--strict").exit_code == 0


def test_tekerreka_options(call, tmp_path):
    for name, value in (("a.png", 10), ("b.png", 20), ("c.png", 30)):
        content = cv2.imencode(".png", np.full((4, 4), value, np.uint8))[1].tobytes()
        (tmp_path / "t").mkdir(exist_ok=True)
        (tmp_path / "t" / name).write_bytes(content)
    mask = np.zeros((4, 4), np.uint8)
    mask[1:3, 1:3] = 255
    (tmp_path / "t/a_mask.png").write_bytes(cv2.imencode(".png", mask)[1].tobytes())
    skipped = call("tekerreka", "t", "--json")
    assert json.loads(skipped.stdout)["audit"]["image-without-annotation"] == 2
    words = ("tekerreka", "t", "--annotations", "masks", "--unlabelled", "good", "--json")
    counts = json.loads(call(*words).stdout)["counts"]
    assert sum(split["good"] for split in counts.values()) == 2
    assert call("tekerreka", "t", "--unlabelled", "error").exit_code == 2
