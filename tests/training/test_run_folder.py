"""A folder is taken where nothing was learned, and by one process."""

import json
from importlib.metadata import version

import pytest

from auxnet_cli import __version__
from auxnet_cli.errors import InputError
from auxnet_cli.settings.loader import load_settings, read_settings
from auxnet_cli.training.checkpoint import FILE, FOLDER
from auxnet_cli.training.run_folder import LOCK, UNBUILT, hold, take, write_inputs


def test_what_was_stopped_before_it_had_learned_is_begun_again(tmp_path):
    run = tmp_path / "mine"
    assert take(run) == run
    (run / FOLDER).mkdir()
    for left in (LOCK, f"{FOLDER}/.last-x1y2.npz", UNBUILT, "config.yaml", "environment.json"):
        (run / left).touch()
        assert take(run) == run


@pytest.mark.parametrize(
    "kept", [f"{FOLDER}/{FILE}", "history.jsonl", f"{FOLDER}/theirs.pt", "config.yaml"]
)
def test_what_somebody_may_want_is_kept(tmp_path, kept):
    run = tmp_path / "mine"
    (run if kept == "config.yaml" else run / FOLDER).mkdir(parents=True)
    (run / kept).touch()
    with pytest.raises(InputError, match="exists and is not empty"):
        take(run)


def test_a_run_is_held_by_one(tmp_path):
    with (
        hold(tmp_path),
        pytest.raises(InputError, match="being trained by another process"),
        hold(tmp_path),
    ):
        pass
    with hold(tmp_path):
        pass
    assert not any((tmp_path / FOLDER).iterdir())


def test_what_a_run_is_made_with(made, tmp_path, monkeypatch):
    monkeypatch.setattr("auxnet_cli.training.run_folder.PACKAGES", ("keras", "no-such-package"))
    settings = load_settings("demo", overrides=["seed=7"])
    write_inputs(tmp_path, made, settings, "demo", "ImageNet", ["No weights."], ("8 epochs",))
    assert read_settings(tmp_path / "config.yaml") == settings
    document = json.loads((tmp_path / "environment.json").read_text())
    assert document["cpu"].pop("cores") >= 1
    for part in ("python", "keras_backend", "platform", "cpu"):
        assert document.pop(part)
    assert document == {
        "auxnet": __version__,
        "packages": {"keras": version("keras")},
        "seed": 7,
        "initial_weights": "ImageNet",
        "warnings": ["No weights."],
        "dataset": {"name": made.name, "fingerprint": made.fingerprint},
        "preset": "demo",
        "choices": ["8 epochs"],
    }
