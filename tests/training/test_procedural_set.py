import json
import shutil
from dataclasses import replace
from itertools import chain

import cv2
import numpy as np
import pytest
import yaml

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.data.samples.sample import read_sample
from auxnet_cli.data.synthetic.photographs import CLASSES
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.jobs.prepare import prepare
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training import procedural_set as module
from auxnet_cli.training.procedural_set import (
    choose_photos,
    procedural_images,
    write_procedural_set,
)
from auxnet_cli.workspace import find_dataset


@pytest.fixture
def plant(made, tmp_path):
    """A data set that may be written to."""
    root = tmp_path / "data" / "strips"
    shutil.copytree(made.root, root)
    return Dataset.open(root)


def settings(*overrides):
    return load_settings("demo", None, ["data.size=[32, 96]", "pretraining.images=30", *overrides])


def write(dataset, *overrides):
    return write_procedural_set(dataset, settings(*overrides), "demo")


def drawn(dataset, *overrides, photos=None):
    return list(procedural_images(dataset, photos or choose_photos(dataset), settings(*overrides)))


def pixels(image):
    return cv2.imdecode(np.frombuffer(image.content, np.uint8), cv2.IMREAD_UNCHANGED)


def content(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_it_is_a_data_set_in_the_common_format(plant, tmp_path, monkeypatch):
    card = write(plant)
    assert card.out == str(plant.root / "grown")
    assert [card.counts[split].images for split in ("train", "val", "test")] == [28, 2, 0]
    assert card.counts["train"].good > 0
    made = Dataset.open(plant.root / "grown")
    assert (made.name, made.kind, made.label_kind) == ("strips-grown", "grown", "multi-label")
    assert made.classes == CLASSES
    defects = 0
    for record in made.split("train") + made.split("val"):
        assert (record.height, record.width) == (32, 96)
        sample = read_sample(record, len(CLASSES), (32, 96))
        assert len(sample.boxes[0]) == len(record.annotations)
        defects += len(record.annotations)
    assert defects > 20
    names = {path.name for path in made.root.iterdir()}
    assert {"audit.html", "audit.md", "audit.json"} <= names
    kinds = json.loads((made.root / "audit.json").read_text())["counts"]
    assert set(kinds) <= {"anchors-miss-defects", "tiny-mask"}
    document = yaml.safe_load((made.root / "dataset.yaml").read_text())
    assert {**document, "out": card.out} == card.document()
    assert document["split"] == {
        "images": 30,
        "size": [32, 96],
        "tile": None,
        "seed": 0,
        "photos": {"of": "strips", "fingerprint": plant.fingerprint},
    }
    monkeypatch.chdir(tmp_path)  # the newest data set is still the plant's
    assert find_dataset() == plant.root.relative_to(tmp_path)


def test_it_is_kept_where_it_is_right_and_made_anew_where_not(plant):
    card = write(plant)
    folder = plant.root / "grown"
    first = content(folder)
    (folder / "extra").touch()
    assert write(plant) == card
    assert (folder / "extra").exists()
    assert write(plant, "seed=1").fingerprint != card.fingerprint
    assert not (folder / "extra").exists()
    (folder / "dataset.yaml").write_text("a: [")
    assert write(plant) == card
    assert content(folder) == first


def test_something_else_in_its_place_is_not_removed(plant):
    (plant.root / "grown").mkdir()
    (plant.root / "grown" / "notes.txt").touch()
    with pytest.raises(InputError, match="move it away"):
        write(plant)
    assert (plant.root / "grown" / "notes.txt").exists()


def test_no_photo_to_draw_on(plant):
    path = plant.annotation_file("train")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"images": [], "annotations": []}))
    with pytest.raises(InputError, match=r"training split of .* holds no image"):
        write(plant)


def test_a_fold_has_a_set_of_its_own(tmp_path):
    prepare("synthetic", images=16, out=tmp_path / "data" / "strips", folds=2)
    fold = Dataset.open(tmp_path / "data" / "strips" / "folds" / "1")
    assert write(fold).name == "strips-fold-1-grown"
    assert (fold.root / "grown" / "dataset.yaml").is_file()


def test_good_photos_are_taken_where_there_are_enough(made, monkeypatch):
    train = made.split("train")
    good = [record for record in train if not record.annotations]
    assert 1 < len(good) < len(train)
    monkeypatch.setattr(module, "MIN_GOOD", len(good))
    assert choose_photos(made)["train"] == good
    monkeypatch.setattr(module, "MIN_GOOD", len(good) + 1)
    assert choose_photos(made)["train"] == train


def test_an_image_depends_on_number_and_seed_alone(made):
    first, longer = drawn(made), drawn(made, "pretraining.images=60")
    assert [image.name for image in first] == [f"{number:06d}.png" for number in range(30)]
    assert [image.split for image in first] == ["train"] * 28 + ["val"] * 2
    assert pixels(first[0]).shape == (32, 96)  # grey photos make grey files
    assert [image.content for image in first[:28]] == [image.content for image in longer[:28]]
    labels = [list(image.labels(32, 96)) for image in first]
    for name, mask in chain(*labels):
        assert name in CLASSES
        assert mask.shape == (32, 96)
        assert cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)[0] == 2
    defective = {image.content for image, found in zip(first, labels, strict=True) if found}
    assert len(defective) > 15
    assert not defective & {image.content for image in drawn(made, "seed=1")}


@pytest.fixture
def reads(monkeypatch):
    """What is read of photos; nothing is drawn on them."""
    reads = []
    monkeypatch.setattr(module, "read_sample", lambda *given: reads.append(given))
    monkeypatch.setattr(module, "draw_defects", lambda sample, rng: sample)
    monkeypatch.setattr(module, "_png", lambda sample: b"")
    return reads


def test_photos_are_dealt_like_cards(made, reads):
    photos = choose_photos(made)
    names = sorted(record.name for record in photos["train"])
    drawn(made, photos=photos)
    dealt = [record.name for record, *_ in reads]
    for start in range(0, 28 - len(names), len(names)):
        assert sorted(dealt[start : start + len(names)]) == names
    assert set(dealt[28:]) <= {record.name for record in photos["val"]}
    only = photos | {"val": []}
    assert {image.split for image in drawn(made, photos=only)} == {"train"}


def test_of_tiled_images_each_shows_a_tile(made, reads):
    drawn(made, "tile.size=[64, 100]")
    assert {(window.height, window.width) for *_, window in reads} == {(64, 100)}


def test_an_unreadable_photo_is_passed_over(made, tmp_path):
    good, *_ = made.split("train")
    broken = replace(good, path=tmp_path / "none.png")
    assert len(drawn(made, photos={"train": [broken, good], "val": []})) == 30
    with pytest.raises(AuxnetError, match="No image of the data set can be read"):
        drawn(made, photos={"train": [broken], "val": []})


def test_colour_photos_give_colour_files(plant):
    for record in plant.split("train"):
        grey = cv2.imread(str(record.path))
        record.path.unlink()  # the copy may be a link
        cv2.imwrite(str(record.path), (grey * np.array([0.2, 0.6, 1.0])).astype(np.uint8))
    blue, _, red = pixels(drawn(plant)[0]).reshape(-1, 3).mean(axis=0)
    assert red > 2 * blue
