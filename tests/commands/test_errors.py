"""A job names its arguments in an error; the command names its options in the same sentence."""

import re
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

import auxnet_cli
from auxnet_cli.app import app
from auxnet_cli.errors import InputError


class Call(NamedTuple):
    """A wrong call, as arguments and as a command line, and its error with arguments in braces."""

    job: str
    arguments: dict
    line: str
    says: str


CALLS = [
    Call(
        "prepare",
        {"kind": "masks", "annotations": "coco"},
        "prepare masks --annotations coco",
        "{annotations} is for tekerreka: leave it out",
    ),
    Call(
        "prepare",
        {"kind": "synthetic", "images": 0},
        "prepare synthetic --images 0",
        "{images} is 0, but at least one image must be made",
    ),
    Call(
        "prepare",
        {"kind": "synthetic", "images": 8, "folds": 1},
        "prepare synthetic --images 8 --folds 1",
        "{folds} 1: at least 2 are needed",
    ),
    Call(
        "prepare",
        {"kind": "synthetic", "out": "full"},
        "prepare synthetic --out full",
        "holds something that is no data set: name another folder with {out}.",
    ),
    Call(
        "convert",
        {"data": "strips", "to": "yolo", "out": "full"},
        "convert strips --to yolo --out full",
        "full is there and not empty: name another folder with {out}.",
    ),
    Call(
        "find_lr",
        {"data": "strips", "overrides": ["x"]},
        "lr --data strips --set x",
        "{overrides} x: write it as KEY=VALUE",
    ),
    Call(
        "pretrain",
        {"data": "strips", "overrides": ["model.x=1"]},
        "pretrain --data strips --set model.x=1",
        "{overrides} model.x=1: there is no setting 'model.x'.",
    ),
    Call(
        "train",
        {"resume": True, "preset": "demo"},
        "train --resume --preset demo",
        "{resume} goes on with the run's own settings: give no others.",
    ),
    Call(
        "train",
        {"resume": True},
        "train --resume",
        "leave {resume} out to begin one.",
    ),
    Call(
        "train",
        {"data": "strips", "start_from": "a", "overrides": ["model.weights=imagenet"]},
        "train --data strips --from a --set model.weights=imagenet",
        "model.weights=imagenet and {start_from} a both say what the encoder starts from",
    ),
    Call(
        "evaluate",
        {"mm_per_pixel": -1.0},
        "evaluate --mm-per-pixel -1",
        "{mm_per_pixel} is -1, but a pixel is larger",
    ),
    Call(
        "calibrate",
        {"catch": 0.9, "false_alarms": 0.1},
        "calibrate --catch 0.9 --false-alarms 0.1",
        "Give one of {catch} and {false_alarms}, not both.",
    ),
    Call(
        "compare",
        {"runs": ["a", "b"], "cost_escape": -1.0},
        "compare a b --cost-escape -1",
        "{cost_escape} is -1, but a cost is 0 or more.",
    ),
    Call(
        "predict",
        {"inputs": "strips/images"},
        "predict strips/images",
        "or name one with {model} RUN.",
    ),
    Call(
        "benchmark",
        {"batches": [0]},
        "benchmark --batch 0",
        "{batches} 0 is not possible: take 1 or more.",
    ),
    Call(
        "benchmark",
        {"model": "a", "preset": "demo"},
        "benchmark --model a --preset demo",
        "{model} and {preset} exclude each other",
    ),
    Call("export", {}, "export", "or name one with {model} RUN."),
    Call(
        "calibrate",
        {"temperature": True, "unknown": True},
        "calibrate --temperature --unknown",
        "{unknown} goes with {catch} or {false_alarms}.",
    ),
    Call(
        "study",
        {"name": "losses", "seeds": 0},
        "study losses --seeds 0",
        "{seeds} 0 is not possible: take 1 or more.",
    ),
]
OPTIONS = {"overrides": "--set", "start_from": "--from", "batches": "--batch"}


def sentence(says, name):
    """Puts what ``name`` makes of each argument in place of the argument."""
    return re.sub(r"\{(\w+)\}", lambda match: name(match[1]), says)


def option(argument):
    return OPTIONS.get(argument, f"--{argument.replace('_', '-')}")


@pytest.fixture(autouse=True)
def _workspace(tmp_path, monkeypatch, made):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "strips").symlink_to(made.root)
    for file in ("full/thesis.txt", "a/model.json", "a/model.keras"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.line)
def test_python_callers_read_the_names_of_arguments(call):
    with pytest.raises(InputError) as caught:
        getattr(auxnet_cli, call.job)(**call.arguments)
    assert sentence(call.says, "`{}`".format) in str(caught.value)
    assert "--" not in str(caught.value)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.line)
def test_the_command_line_reads_the_names_of_options(call):
    done = CliRunner().invoke(app, call.line.split())
    assert done.exit_code == 2
    assert sentence(call.says, option) in done.stderr


def test_each_job_has_a_call():
    jobs = {name for name, home in auxnet_cli._HOMES.items() if ".jobs." in home}
    assert {call.job for call in CALLS} == jobs - {"demonstrate"}
