import json
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.data.synthetic import procedural_images as module
from auxnet_cli.data.synthetic.procedural_images import grown_images, photos
from auxnet_cli.errors import AuxnetError
from auxnet_cli.settings.loader import load_settings


def settings(*overrides):
    overrides = ["data.size=[32, 96]", "pretraining.images=40", *overrides]
    return load_settings("swift", None, overrides)


def drawn(dataset, *overrides, shown=None):
    return list(grown_images(dataset, shown or photos(dataset), settings(*overrides)))


def pixels(image):
    return cv2.imdecode(np.frombuffer(image.content, np.uint8), cv2.IMREAD_UNCHANGED)


def test_good_photos_are_taken_where_there_are_enough(made, monkeypatch):
    train = made.split("train")
    good = [record for record in train if not record.annotations]
    assert 1 < len(good) < len(train)
    monkeypatch.setattr(module, "FEW", len(good))
    assert photos(made)["train"] == good
    monkeypatch.setattr(module, "FEW", len(good) + 1)
    assert photos(made)["train"] == train


def test_names_splits_and_sizes(made):
    images = drawn(made)
    assert [image.name for image in images] == [f"{place:06d}.png" for place in range(40)]
    assert [image.split for image in images] == ["train"] * 38 + ["val"] * 2
    assert pixels(images[0]).shape == (32, 96)  # grey photos make grey files


def test_an_image_depends_on_number_and_seed_alone(made):
    first = drawn(made)
    longer = drawn(made, "pretraining.images=60")
    assert [one.content for one in first[:38]] == [one.content for one in longer[:38]]
    defective, other = (
        {image.content for image in images if list(image.labels(32, 96))}
        for images in (first, drawn(made, "seed=1"))
    )
    assert len(defective) > 20
    assert not defective & other


def test_photos_are_dealt_like_cards(made, monkeypatch):
    dealt = []
    monkeypatch.setattr(
        module, "read_sample", lambda record, *rest: dealt.append(record.name) or None
    )
    monkeypatch.setattr(module, "grow", lambda sample, rng: sample)
    monkeypatch.setattr(module, "_png", lambda sample: b"")
    shown = photos(made)
    number = len(shown["train"])
    drawn(made, shown=shown)
    for start in range(0, 38 - number, number):
        own = dealt[start : start + number]
        assert sorted(own) == sorted(record.name for record in shown["train"])
    assert set(dealt[38:]) <= {record.name for record in shown["val"]}


def test_labels_are_masks_of_one_defect_each(made):
    found = [label for image in drawn(made) for label in image.labels(32, 96)]
    assert len(found) > 20
    for name, mask in found:
        assert name in module.CLASSES
        assert mask.shape == (32, 96)
        assert cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)[0] == 2


def test_without_a_validation_split_all_images_are_for_training(made):
    shown = photos(made) | {"val": []}
    assert {image.split for image in drawn(made, shown=shown)} == {"train"}


def test_of_tiled_images_each_shows_a_tile(made):
    """A strip whose columns all differ tells which of them an image shows, and how many."""
    record = made.split("train")[0]
    windows = []

    def read(record, classes, size, window):
        windows.append(window)
        raise module.InputError("not now")

    original, module.read_sample = module.read_sample, read
    try:
        with pytest.raises(AuxnetError):
            drawn(made, "tile.size=[64, 100]", shown={"train": [record], "val": []})
    finally:
        module.read_sample = original
    assert [(window.height, window.width) for window in windows] == [(64, 100)]


def test_an_unreadable_photo_is_passed_over(made, tmp_path):
    good, *_ = made.split("train")
    broken = replace(good, path=tmp_path / "none.png")
    shown = {"train": [broken, good], "val": []}
    assert len(drawn(made, shown=shown)) == 40
    with pytest.raises(AuxnetError, match="No image of the data set can be read"):
        drawn(made, shown={"train": [broken], "val": []})


def test_colour_photos_give_colour_files(made, tmp_path):
    root = tmp_path / "coloured"
    shutil.copytree(made.root, root)
    document = json.loads((root / "annotations" / "train.json").read_text())
    for entry in document["images"]:
        path = root / "images" / entry["file_name"]
        grey = cv2.imread(str(path))
        path.unlink()  # the copy may be a link
        cv2.imwrite(str(path), (grey * np.array([0.2, 0.6, 1.0])).astype(np.uint8))
    blue, _, red = pixels(drawn(Dataset.open(root))[0]).reshape(-1, 3).mean(axis=0)
    assert red > 2 * blue
