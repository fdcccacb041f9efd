import json

import numpy as np
from pycocotools.coco import COCO

from auxnet_cli.data.common_format import (
    Entry,
    count,
    fingerprint,
    write_annotations,
    write_dataset,
)
from auxnet_cli.data.labels.instances import components

CLASSES = ["pit", "crack"]


def entries():
    mask = np.zeros((6, 9), bool)
    mask[1:3, 2:5] = mask[5, 8] = True
    defects = tuple(("crack", instance) for instance in components(mask))
    return [
        Entry("a.png", "a.png", 6, 9, "1" * 64, defects),
        Entry("deep/b.png", "deep/b.png", 6, 9, "2" * 64, ()),
    ], mask


def test_pycocotools_reads_the_file(tmp_path, capsys):
    listed, mask = entries()
    write_annotations(tmp_path, listed, ["train", "train"], CLASSES)
    coco = COCO(str(tmp_path / "train.json"))
    assert [cat["name"] for cat in coco.loadCats(coco.getCatIds())] == CLASSES
    assert coco.loadImgs(2)[0]["file_name"] == "deep/b.png"
    assert coco.getAnnIds(imgIds=[2]) == []
    annotations = coco.loadAnns(coco.getAnnIds(imgIds=[1]))
    assert [annotation["area"] for annotation in annotations] == [6, 1]
    assert annotations[0]["bbox"] == [2, 1, 3, 2]
    total = sum(coco.annToMask(annotation) for annotation in annotations)
    assert np.array_equal(total.astype(bool), mask)
    assert json.loads((tmp_path / "test.json").read_text())["images"] == []


def test_ids_run_on_over_the_splits(tmp_path):
    listed, _ = entries()
    write_annotations(tmp_path, listed, ["val", "test"], CLASSES)
    assert json.loads((tmp_path / "val.json").read_text())["images"][0]["id"] == 1
    assert json.loads((tmp_path / "test.json").read_text())["images"][0]["id"] == 2


def test_fingerprint_follows_classes_images_and_splits(tmp_path):
    listed, _ = entries()
    seen = set()
    for folder, splits, names in (
        ("a", ["train", "val"], CLASSES),
        ("b", ["val", "train"], CLASSES),
        ("c", ["train", "val"], ["pit", "crack", "more"]),
    ):
        write_annotations(tmp_path / folder, listed, splits, names)
        seen.add(fingerprint(tmp_path / folder, names))
    assert len(seen) == 3
    write_annotations(tmp_path / "again", listed, ["train", "val"], CLASSES)
    assert fingerprint(tmp_path / "again", CLASSES) in seen


def test_counts():
    listed, _ = entries()
    counts = count(listed, ["train", "train"], CLASSES)
    assert counts["train"] == {
        "images": 2,
        "good": 1,
        "defective": 1,
        "classes": {"pit": 0, "crack": 1},
    }
    assert counts["val"]["images"] == 0


def test_other_programs_find_the_files_by_their_second_name(tmp_path):
    listed, _ = entries()
    head = {"name": "a", "kind": "coco", "classes": CLASSES, "label_kind": "multi-label"}
    document = write_dataset(tmp_path, listed, ["train", "val"], head, {})
    assert document["fingerprint"] == fingerprint(tmp_path / "annotations", CLASSES)
    names = {path.name for path in (tmp_path / "annotations").iterdir()}
    assert len(names) == 6
    for split in ("train", "val", "test"):
        first = (tmp_path / f"annotations/{split}.json").read_bytes()
        assert (tmp_path / f"annotations/instances_{split}.json").read_bytes() == first
    # They would look for the images of a fold in the fold.
    write_dataset(tmp_path / "fold", listed, ["train", "val"], head, {}, "../images")
    names = {path.name for path in (tmp_path / "fold/annotations").iterdir()}
    assert names == {"train.json", "val.json", "test.json"}
