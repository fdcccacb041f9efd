from pathlib import Path

import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.data.sources.source import RejectedImageError, Request
from auxnet_cli.data.sources.tekerreka.reader import LAYOUTS, find_layout, read
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare
from tests.data.source_builders import (
    FLAT,
    HEIGHT,
    MASK,
    WIDTH,
    labelme_document,
    put,
    voc_document,
)

CRACKED = ["line a/0.png", "line a/1.png"]
EMPTY = ["line b/2.png", "line b/3.png"]
BARE = ["line b/OK/4.png", "line b/OK/5.png", *(f"line b/{n}.png" for n in range(6, 10))]
CLASSES = {"labelme": "a polygon", "coco": "crack", "voc": "crack", "masks": "defect"}
ANNOTATE = {
    "labelme": lambda name, cracked: labelme_document(name, *["polygon"] * cracked),
    "voc": lambda name, cracked: voc_document(name, *["crack"] * cracked),
    "masks": lambda name, cracked: MASK * 255 * cracked,
}
ENDINGS = {"labelme": ".json", "voc": ".xml", "masks": "_mask.png"}


def plant(root, layout=None):
    """Ten parts: two cracked, two good by an empty annotation, two by their folder, four bare."""
    for value, name in enumerate(CRACKED + EMPTY + BARE):
        put(root / name, np.full((HEIGHT, WIDTH, 3), value * 20, np.uint8))
    for name in CRACKED + EMPTY if layout in ANNOTATE else ():
        path = root / (name.removesuffix(".png") + ENDINGS[layout])
        put(path, ANNOTATE[layout](Path(name).name, name in CRACKED))
    if layout == "coco":
        marks = [
            {"id": n, "image_id": n, "category_id": 1, "segmentation": [FLAT]} for n in range(2)
        ]
        images = [{"id": n, "file_name": name} for n, name in enumerate(CRACKED + EMPTY)]
        categories = [{"id": 1, "name": "crack"}]
        document = {"images": images, "annotations": marks, "categories": categories}
        put(root / "instances.json", document)
    return root


@pytest.fixture(autouse=True)
def _workspace(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("policy", ["skip", "good"])
def test_every_layout_is_found_and_means_the_same(tmp_path, layout, policy):
    root = plant(tmp_path / "plant", layout)
    (root / "readme.json").write_text('{"camera": "left"}')
    (root / "settings.xml").write_text("<annotations/>")
    assert find_layout(root) == layout
    prepared = prepare("tekerreka", root, unlabelled=policy, test=0, val=0)
    number = 10 if policy == "good" else 6
    assert prepared.classes == [CLASSES[layout]]
    assert prepared.counts["train"].images == number
    assert prepared.counts["train"].good == number - 2
    assert prepared.audit["image-without-annotation"] == 4
    for record in Dataset.open(Path(prepared.out)).split("train"):
        cracked = "line a" in record.name or record.name in ("0.png", "1.png")
        boxes = [annotation.box for annotation in record.annotations]
        assert len(boxes) == cracked
        assert all(np.abs(np.subtract(box, (6, 4, 14, 8))).max() <= 1 for box in boxes)
    with pytest.raises(InputError, match=r"4 images have no annotation .* line b/6\.png"):
        prepare("tekerreka", root, unlabelled="error")


def test_fractions_are_the_papers(tmp_path):
    prepared = prepare("tekerreka", plant(tmp_path / "plant", "masks"))
    # Validation is a tenth of the 80 % that are not for testing.
    assert (prepared.split.test, prepared.split.val) == (0.2, 0.08)


def test_several_layouts_must_be_told_apart(tmp_path):
    plant(tmp_path, "voc")
    plant(tmp_path, "masks")
    with pytest.raises(InputError, match=r"4 of voc, 4 of masks files\).*--annotations voc\|masks"):
        find_layout(tmp_path)
    assert read(Request(tmp_path, annotations="voc"), Audit()).classes == ("crack",)


def test_no_labels_and_no_such_layout(tmp_path):
    plant(tmp_path / "plant")
    with pytest.raises(InputError, match="holds no labels: there is neither LabelMe JSON"):
        read(Request(tmp_path / "plant"), Audit())
    with pytest.raises(InputError, match="Did you mean 'labelme'"):
        read(Request(tmp_path / "plant", annotations="lableme"), Audit())


def test_defect_in_a_folder_of_good_parts_is_a_conflict(tmp_path):
    plant(tmp_path, "masks")
    (tmp_path / "line a").rename(tmp_path / "Good")
    images = {image.file: image for image in read(Request(tmp_path), Audit()).images}
    with pytest.raises(RejectedImageError, match="in a folder of good parts"):
        images["Good/0.png"].labels(HEIGHT, WIDTH)
    empty = images["line b/2.png"].labels(HEIGHT, WIDTH)
    assert all(not mask.any() for _, mask in empty)


def test_hidden_and_damaged_files_are_no_layout(tmp_path):
    plant(tmp_path, "masks")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache/a.json").write_text('{"shapes": []}')
    (tmp_path / "late.json").write_bytes(b'{"a": "' + b"x" * 70000 + b'"}')
    (tmp_path / "folder.json").mkdir()
    assert find_layout(tmp_path) == "masks"
    # Keys after a long head count, too.
    late = b'{"categories": [], "images": [], "a": "' + b"x" * 70000 + b'", "annotations": []}'
    (tmp_path / "late.json").write_bytes(late)
    with pytest.raises(InputError, match="1 of coco, 4 of masks files"):
        find_layout(tmp_path)
