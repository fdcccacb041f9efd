"""The lines of the getting-started page, run as they are written, on made-up strips."""

import json
import re
import shlex
from contextlib import contextmanager, nullcontext
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from auxnet_cli.app import app
from auxnet_cli.backend import keras
from auxnet_cli.benchmarking.worker import work
from auxnet_cli.jobs.benchmark import benchmark

PAGE = Path(__file__).resolve().parents[2] / "docs" / "getting-started.md"
JOBS = ["prepare", "train", "predict", "benchmark"]

# All that differs from a user's workspace: a small network, and a step of small images.
SMALL = """
data: {size: [64, 96], workers: 1}
model:
  encoder: resnet18
  encoder_width: 0.125
  weights: none
  attention: none
  pyramid_width: 8
  segmentation_width: 8
  detection_width: 8
  detection_depth: 1
  anchors: {levels: [4, 5]}
training: {epochs: 1, batch_size: 20}
"""
HEIGHT, WIDTH = 160, 256


def strip(number):
    """A strip, bright with a dark square where it is defective."""
    image = np.random.default_rng(number).integers(120, 140, (HEIGHT, WIDTH), np.uint8)
    if number % 5:
        image[20:60, 40:70] = 30
    return cv2.imencode(".png", image)[1].tobytes()


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = tmp_path / "severstal-steel-defect-detection"
    (source / "train_images").mkdir(parents=True)
    (tmp_path / "folder").mkdir()
    square = " ".join(f"{column * HEIGHT + 21} 40" for column in range(40, 70))
    rows = ["ImageId,ClassId,EncodedPixels"]
    for number in range(20):
        (source / "train_images" / f"{number:02}.jpg").write_bytes(strip(number))
        if number % 5:
            rows.append(f"{number:02}.jpg,{number % 5},{square}")
    (source / "train.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for number in range(20, 23):
        (tmp_path / "folder" / f"{number}.png").write_bytes(strip(number))
    (tmp_path / "auxnet.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path


def four_lines():
    blocks = re.findall(r"^```bash\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    return [shlex.split(line, comments=True) for line in blocks[0].splitlines()]


@contextmanager
def training_eagerly():
    """Training's graph takes far longer to trace than its step takes."""
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


def in_this_process(job, on_round):
    return work(job, on_round)


def test_four_lines(workspace, shallow, monkeypatch):
    # Processes, and what is measured in one for each figure, have tests of their own.
    home, timed = "auxnet_cli.jobs.benchmark", benchmark
    few = {"runs": 3, "engines": ["openvino"], "thorough": False}
    monkeypatch.setattr(f"{home}.benchmark", lambda **given: timed(**{**given, **few}))
    monkeypatch.setattr(f"{home}.call_worker", in_this_process)
    typed = four_lines()
    assert [words[:2] for words in typed] == [["auxnet", job] for job in JOBS]
    for _, *words in typed:
        with training_eagerly() if words[0] == "train" else nullcontext():
            done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
    run = workspace / "runs" / (workspace / "runs" / "latest").read_text(encoding="utf-8").strip()
    assert (workspace / "data" / "severstal" / "dataset.yaml").is_file()
    assert (run / "model.keras").is_file()
    out = workspace / "predictions" / run.name
    lines = (out / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["path"] for line in lines] == [
        f"folder/{n}.png" for n in range(20, 23)
    ]
    times = json.loads((run / "benchmark.json").read_text(encoding="utf-8"))
    assert [network["name"] for network in times["networks"][:4]] == [
        "Defect-Aux-Net",
        "ResNet-18 x 0.125",
        "ResNet-18 x 0.125 FPN",
        "ResNet-18 x 0.125 RetinaNet",
    ]
