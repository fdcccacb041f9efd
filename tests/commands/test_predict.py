import json

import pytest
import typer
from typer.testing import CliRunner

from auxnet_cli.commands.predict import predict
from auxnet_cli.documents.prediction import PredictionSummary
from auxnet_cli.errors import InputError

SUMMARY = {
    "out": "predictions/first",
    "model": "runs/first",
    "model_sha256": "ab",
    "images": 2,
    "defective": 1,
    "good": 1,
    "unreadable": 0,
    "errors": [],
    "seconds_per_image": 0.1,
    "formats": ["csv", "jsonl"],
    "cautions": [],
}


@pytest.fixture
def calls(monkeypatch):
    calls = []

    def stand_in(inputs, **options):
        calls.append((inputs, options))
        return PredictionSummary(**SUMMARY)

    monkeypatch.setattr("auxnet_cli.jobs.predict.predict", stand_in)
    return calls


def invoke(*arguments):
    app = typer.Typer()
    app.command()(predict)
    return CliRunner().invoke(app, arguments)


def test_options_reach_the_library(calls):
    done = invoke(
        "a", "b/*.png", "--model", "runs/x", "--out", "o", "--format", "csv, mask", "--threshold",
        "0.3", "--engine", "keras", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    ((inputs, options),) = calls
    assert list(inputs) == ["a", "b/*.png"]
    assert options["formats"] == ["csv", "mask"]
    assert (str(options["model"]), str(options["out"])) == ("runs/x", "o")
    assert (options["threshold"], options["engine"]) == (0.3, "keras")
    assert json.loads(done.stdout) == SUMMARY


def test_an_unreadable_image_ends_with_one(monkeypatch):
    errors = [{"path": "b.png", "error": "b.png is empty (0 bytes)."}]
    summary = SUMMARY | {"unreadable": 1, "errors": errors}
    monkeypatch.setattr(
        "auxnet_cli.jobs.predict.predict", lambda *_, **__: PredictionSummary(**summary)
    )
    done = invoke("a", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == summary
    assert "b.png is empty" in done.stderr
    assert "b.png is empty" in invoke("a").stdout


def test_defaults(calls):
    done = invoke("a")
    assert "defective" in done.stdout
    invoke("a", "--strict")
    assert [options["strict"] for _, options in calls] == [False, True]
    invoke("a", "--mirrored")
    assert [options["mirrored"] for _, options in calls] == [False, False, True]
    assert calls[0][1]["formats"] is None


def test_wrong_input_ends_with_two(monkeypatch):
    def refuse(*_, **__):
        raise InputError("There is no file a, as `strict` and `formats` say: see `model` or `x`.")

    monkeypatch.setattr("auxnet_cli.jobs.predict.predict", refuse)
    done = invoke("a")
    assert done.exit_code == 2
    assert "no file a, as --strict and --format say: see --model or `x`." in done.stderr
    assert invoke().exit_code == 2
