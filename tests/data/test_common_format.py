import errno
import json
import os

import numpy as np
import pytest
from pycocotools.coco import COCO

from auxnet_cli.data.common_format import (
    Entry,
    count,
    fingerprint,
    link_or_copy,
    write_annotations,
    write_dataset,
)
from auxnet_cli.data.labels.instances import components
from auxnet_cli.documents.dataset_card import DatasetHead, SplitRecipe

CLASSES = ["pit", "crack"]
HEAD = DatasetHead(name="a", kind="coco", classes=CLASSES, label_kind="multi-label")
RECIPE = SplitRecipe(val=0.5, test=0, seed=0, group_by=None)
MASK = np.zeros((6, 9), bool)
MASK[1:3, 2:5] = MASK[5, 8] = True
DEFECTS = tuple(("crack", defect) for defect in components(MASK))
ENTRIES = [
    Entry("a.png", "a.png", 6, 9, "1" * 64, DEFECTS),
    Entry("deep/b.png", "deep/b.png", 6, 9, "2" * 64, ()),
]


def test_pycocotools_reads_the_file(tmp_path, capsys):
    write_annotations(tmp_path, ENTRIES, ["train", "train"], CLASSES)
    coco = COCO(str(tmp_path / "train.json"))
    assert [cat["name"] for cat in coco.loadCats(coco.getCatIds())] == CLASSES
    assert coco.loadImgs(2)[0]["file_name"] == "deep/b.png"
    assert coco.getAnnIds(imgIds=[2]) == []
    annotations = coco.loadAnns(coco.getAnnIds(imgIds=[1]))
    assert [annotation["area"] for annotation in annotations] == [6, 1]
    assert annotations[0]["bbox"] == [2, 1, 3, 2]
    total = sum(coco.annToMask(annotation) for annotation in annotations)
    assert np.array_equal(total.astype(bool), MASK)
    assert json.loads((tmp_path / "test.json").read_text())["images"] == []


def test_ids_run_on_over_the_splits(tmp_path):
    write_annotations(tmp_path, ENTRIES, ["val", "test"], CLASSES)
    assert json.loads((tmp_path / "val.json").read_text())["images"][0]["id"] == 1
    assert json.loads((tmp_path / "test.json").read_text())["images"][0]["id"] == 2


def test_fingerprint_follows_classes_images_and_splits(tmp_path):
    prints = []
    for folder, splits, names in (
        ("a", ["train", "val"], CLASSES),
        ("b", ["val", "train"], CLASSES),
        ("c", ["train", "val"], ["pit", "crack", "more"]),
        ("again", ["train", "val"], CLASSES),
    ):
        write_annotations(tmp_path / folder, ENTRIES, splits, names)
        prints.append(fingerprint(tmp_path / folder, names))
    assert len(set(prints[:3])) == 3
    assert prints[3] == prints[0]


def test_counts():
    counts = count(ENTRIES, ["train", "train"], CLASSES)
    train = {"images": 2, "good": 1, "defective": 1, "classes": {"pit": 0, "crack": 1}}
    assert counts["train"].model_dump() == train
    assert counts["val"].images == 0


def test_other_programs_find_the_files_by_their_second_name(tmp_path):
    card = write_dataset(tmp_path, ENTRIES, ["train", "val"], HEAD, RECIPE)
    assert card.fingerprint == fingerprint(tmp_path / "annotations", CLASSES)
    assert len(list((tmp_path / "annotations").iterdir())) == 6
    for split in ("train", "val", "test"):
        first = (tmp_path / f"annotations/{split}.json").read_bytes()
        assert (tmp_path / f"annotations/instances_{split}.json").read_bytes() == first
    # They would look for the images of a fold in the fold.
    write_dataset(tmp_path / "fold", ENTRIES, ["train", "val"], HEAD, RECIPE, "../../images")
    names = {path.name for path in (tmp_path / "fold/annotations").iterdir()}
    assert names == {"train.json", "val.json", "test.json"}


@pytest.mark.parametrize("linked", [True, False])
def test_a_file_is_linked_or_else_copied(tmp_path, monkeypatch, linked):
    def refuse(*_):
        raise OSError(errno.EXDEV, "another disk")

    if not linked:
        monkeypatch.setattr(os, "link", refuse)
    (tmp_path / "a.png").write_bytes(b"a")
    link_or_copy(tmp_path / "a.png", tmp_path / "deep" / "b.png")
    assert (tmp_path / "a.png").samefile(tmp_path / "deep" / "b.png") == linked
    assert (tmp_path / "deep" / "b.png").read_bytes() == b"a"


def test_bytes_are_written_and_a_link_is_followed(tmp_path):
    link_or_copy(b"made up", tmp_path / "deep" / "b.png")
    assert (tmp_path / "deep" / "b.png").read_bytes() == b"made up"
    try:
        (tmp_path / "link.png").symlink_to(tmp_path / "deep" / "b.png")
    except OSError:
        pytest.skip("the user may make no links")
    link_or_copy(tmp_path / "link.png", tmp_path / "c.png")
    assert not (tmp_path / "c.png").is_symlink()
