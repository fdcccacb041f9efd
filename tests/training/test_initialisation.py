import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.network_file import load_network
from auxnet_cli.jobs.train import train
from auxnet_cli.model.encoders.resnet import IMAGENET_SCALING
from auxnet_cli.model.scaling import Scaling
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.initialisation import initialise
from auxnet_cli.training.plan import Plan

pytestmark = pytest.mark.usefixtures("shallow")  # as `trained` is


def settings(tiny, *overrides):
    return load_settings("demo", overrides=[*tiny, *overrides])


def test_a_run_gives_its_whole_network(tiny, made, trained):
    run, _ = trained
    start = initialise(Plan(made, settings(tiny, "seed=9"), source=run))
    donor = load_network(run / "model.keras")
    for ours, theirs in zip(start.network.get_weights(), donor.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    sha = ModelCard.read(run / "model.json").sha256
    assert start.origin.startswith(f"run tiny, sha256 {sha}: ")
    assert start.note.startswith("Starting from run tiny: ")
    assert start.note.endswith("layers taken over.")
    assert start.warning == ""


def test_the_pixels_are_scaled_as_in_the_run(tiny, made, trained, tmp_path, monkeypatch):
    run, _ = trained
    donor = load_network(run / "model.keras")
    layer = donor.get_layer("scale")
    layer.scale, layer.offset = IMAGENET_SCALING.scale, list(IMAGENET_SCALING.offset)
    monkeypatch.setattr("auxnet_cli.training.initialisation.load_network", lambda *_: donor)
    start = initialise(Plan(made, settings(tiny), source=run))
    assert Scaling.of(start.network) == IMAGENET_SCALING


def test_a_damaged_run_gives_nothing(tiny, made, trained, tmp_path):
    run = Path(shutil.copytree(trained[0], tmp_path / "run"))
    with (run / "model.keras").open("r+b") as stream:
        stream.seek(-9000, 2)
        stream.write(bytes(4096))
    with pytest.raises(InputError, match=r"model\.keras is not the network that .*model\.json was"):
        initialise(Plan(made, settings(tiny), source=run))


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (
            ["model.attention=se", "model.encoder=resnet50"],
            r"tiny: it has model\.encoder=resnet18, model\.attention=none, and this .*add "
            r"`overrides` model\.encoder=resnet18 `overrides` model\.attention=none",
        ),
        (["model.reduction=8"], r"model\.reduction=16"),
        (["model.weights=imagenet"], "both say what the encoder starts from"),
    ],
)
def test_another_encoder_is_refused(tiny, made, trained, overrides, says):
    with pytest.raises(InputError, match=says):
        initialise(Plan(made, settings(tiny, *overrides), source=trained[0]))


def test_a_run_that_is_none(tiny, made, trained, tmp_path):
    with pytest.raises(InputError, match="There is no run"):
        initialise(Plan(made, settings(tiny), source=tmp_path / "gone"))
    run = tmp_path / "run"
    shutil.copytree(trained[0], run)
    (run / "model.keras").write_bytes(b"")
    with pytest.raises(InputError, match=r"model\.keras"):
        initialise(Plan(made, settings(tiny), source=run))


def test_a_training_from_a_run_says_so(tiny, eager, made, tmp_path, monkeypatch, capsys):
    """From two tasks of other classes to three tasks."""
    monkeypatch.chdir(tmp_path)
    few = [*tiny, "training.epochs=1"]
    first = train(["cls", "seg"], made.root, overrides=few, out=Path("runs/first"))
    changed = tmp_path / "changed"
    shutil.copytree(made.root, changed)
    facts = yaml.safe_load((changed / "dataset.yaml").read_text())
    renamed = ["other", *facts["classes"][1:]]
    for path in (changed / "annotations").glob("*.json"):
        document = json.loads(path.read_text())
        for category, name in zip(document["categories"], renamed, strict=True):
            category["name"] = name
        path.write_text(json.dumps(document))
    (changed / "dataset.yaml").write_text(yaml.safe_dump({**facts, "classes": renamed}))
    capsys.readouterr()
    train(None, changed, overrides=few, out=Path("runs/second"), start_from=Path("first"))
    kept = ", ".join(renamed[1:])
    shown = capsys.readouterr()
    note = shown.err.partition("Starting from run first: ")[2].splitlines()[0]
    assert f"; of classification only {kept}; " in note
    assert f"; of segmentation_conv only {kept}; " in note
    assert note.endswith("; made anew: detection.")
    assert shown.out == ""
    environment = json.loads(Path("runs/second/environment.json").read_text())
    card = ModelCard.read(Path("runs/second/model.json"))
    sha = ModelCard.read(Path(first.run) / "model.json").sha256
    assert environment["initial_weights"] == card.initial_weights
    assert card.initial_weights.startswith(f"run first, sha256 {sha}: ")
