import json
import shutil

import pytest
import yaml

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.data.samples.sample import read_sample
from auxnet_cli.data.synthetic.photographs import CLASSES
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.procedural_set import write_procedural_set
from auxnet_cli.workspace import find_dataset


@pytest.fixture
def plant(made, tmp_path):
    """A data set that may be written to."""
    root = tmp_path / "data" / "strips"
    shutil.copytree(made.root, root)
    return Dataset.open(root)


def grow(dataset, *overrides):
    overrides = ["data.size=[32, 96]", "pretraining.images=30", *overrides]
    return write_procedural_set(dataset, load_settings("demo", None, overrides), "demo")


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_it_is_a_data_set_in_the_common_format(plant):
    document = grow(plant)
    assert document["out"] == str(plant.root / "grown")
    assert [document["counts"][split]["images"] for split in ("train", "val", "test")] == [28, 2, 0]
    assert document["counts"]["train"]["good"] > 0
    grown = Dataset.open(plant.root / "grown")
    assert (grown.name, grown.kind, grown.label_kind) == ("strips-grown", "grown", "multi-label")
    assert grown.classes == CLASSES
    defects = 0
    for record in grown.split("train") + grown.split("val"):
        assert (record.height, record.width) == (32, 96)
        sample = read_sample(record, len(CLASSES), (32, 96))
        assert len(sample.boxes[0]) == len(record.annotations)
        defects += len(record.annotations)
    assert defects > 20
    names = {path.name for path in grown.root.iterdir()}
    assert {"audit.html", "audit.md", "audit.json"} <= names
    kinds = json.loads((grown.root / "audit.json").read_text())["counts"]
    assert set(kinds) <= {"anchors-miss-defects", "tiny-mask"}
    assert yaml.safe_load((grown.root / "dataset.yaml").read_text())["split"] == {
        "images": 30,
        "size": [32, 96],
        "tile": None,
        "seed": 0,
        "photos": {"of": "strips", "fingerprint": plant.fingerprint},
    }


def test_twice_gives_the_same_bytes(plant):
    document = grow(plant)
    first = content(plant.root / "grown")
    shutil.rmtree(plant.root / "grown")
    assert grow(plant) == document
    assert content(plant.root / "grown") == first


def test_it_is_kept_where_it_is_right_and_made_anew_where_not(plant):
    document = grow(plant)
    extra = plant.root / "grown" / "extra"
    extra.touch()
    assert grow(plant) == document
    assert extra.exists()
    assert grow(plant, "seed=1")["fingerprint"] != document["fingerprint"]
    assert not extra.exists()
    extra.touch()
    (plant.root / "grown" / "dataset.yaml").write_text("a: [")
    assert grow(plant) == document
    assert not extra.exists()


def test_something_else_in_its_place_is_not_removed(plant):
    (plant.root / "grown").mkdir()
    (plant.root / "grown" / "notes.txt").touch()
    with pytest.raises(InputError, match="move it away"):
        grow(plant)
    assert (plant.root / "grown" / "notes.txt").exists()


def test_no_photo_to_grow_on(plant):
    path = plant.annotation_file("train")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"images": [], "annotations": []}))
    with pytest.raises(InputError, match=r"training split of .* holds no image"):
        grow(plant)


def test_the_newest_data_set_is_still_the_plants(plant, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    grow(plant)
    assert find_dataset() == plant.root.relative_to(tmp_path)


def test_a_fold_has_a_set_of_its_own(tmp_path):
    prepare("synthetic", images=16, out=tmp_path / "data" / "strips", folds=2)
    fold = Dataset.open(tmp_path / "data" / "strips" / "folds" / "1")
    document = grow(fold)
    assert document["name"] == "strips-fold-1-grown"
    assert (fold.root / "grown" / "dataset.yaml").is_file()
