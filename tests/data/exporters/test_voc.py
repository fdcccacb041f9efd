import json
import math
import shutil
import xml.etree.ElementTree as Xml
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.exporters.naming import flat_names
from auxnet_cli.data.exporters.voc import voc_colour, write
from auxnet_cli.data.labels.rle import decode
from auxnet_cli.jobs.prepare import prepare


def there_and_back(dataset, root):
    audit = Audit()
    write(dataset, root / "voc", audit)
    prepared = prepare("voc", root / "voc", out=root / "back")
    return Dataset.open(root / "back"), audit, prepared


def by_name(dataset, names=None):
    return {
        (names or {}).get(record.id, record.name): (split, record)
        for split in SPLITS
        for record in dataset.split(split)
    }


def test_masks_there_and_back(made, same_data, tmp_path):
    back, audit, prepared = there_and_back(made, tmp_path)
    if not audit.findings:  # no two defects overlap
        same_data(made, back)
    lost = {finding.file for finding in audit.of("overlapping-masks")}
    assert set(audit.counts()) <= {"overlapping-masks"}
    for name, (split, record) in by_name(made).items():
        again, other = by_name(back)[name]
        assert split == again
        assert record.labels == other.labels
        if name not in lost:
            assert record.annotations == other.annotations
    conflicts = ("depth-conflict", "filename-conflict", "image-in-two-splits")
    assert not set(conflicts) & prepared.audit.keys()


def test_boxes_and_masks_there_and_back(mixed, tmp_path):
    back, audit, _ = there_and_back(mixed, tmp_path)
    assert back.classes == mixed.classes
    records = [record for split in SPLITS for record in mixed.split(split)]
    names = flat_names(records, Audit())
    hidden = {finding.file for finding in audit.of("box-on-mask")}
    assert hidden == {record.name for record in records if len(record.annotations) == 3}
    found = by_name(back)
    for name, (split, record) in by_name(mixed, names).items():
        again, other = found[name]
        assert split == again
        kept = [
            one
            for one in record.annotations
            if not (record.name in hidden and one.rle is None and one.label == 0)
        ]
        assert [one.label for one in kept] == [one.label for one in other.annotations]
        for mine, theirs in zip(kept, other.annotations, strict=True):
            assert mine.rle == theirs.rle
            assert mine.box == pytest.approx(theirs.box, abs=1)


def test_files(mixed, tmp_path):
    write(mixed, tmp_path, Audit())
    for split in SPLITS:
        for task in ("Main", "Segmentation"):
            assert (tmp_path / "ImageSets" / task / f"{split}.txt").is_file()
    stems = (tmp_path / "ImageSets/Main/train.txt").read_text(encoding="utf-8").splitlines()
    assert len(stems) == len(mixed.split("train"))
    for stem in stems:
        root = Xml.parse(tmp_path / f"Annotations/{stem}.xml").getroot()
        assert (tmp_path / "JPEGImages" / root.findtext("filename")).is_file()
        assert [root.findtext(f"size/{side}") for side in ("width", "height")] == ["30", "20"]
        for box in root.findall("object/bndbox"):
            x, y, x_end, y_end = (int(side.text) for side in box)
            assert 1 <= x <= x_end <= 30
            assert 1 <= y <= y_end <= 20
    names = (tmp_path / "class_names.txt").read_text(encoding="utf-8").splitlines()
    assert names == ["_background_", "Pit, deep", "a crack"]
    assert (tmp_path / "labelmap.txt").read_text(encoding="utf-8").splitlines() == [
        "# label:color_rgb:parts:actions",
        "background:0,0,0::",
        "Pit, deep:128,0,0::",
        "a crack:0,128,0::",
    ]


def test_masks_have_the_colours_of_the_label_map(mixed, same_data, tmp_path):
    """A program that knows colours alone finds the same classes and objects."""
    write(mixed, tmp_path / "voc", Audit())
    (tmp_path / "voc/class_names.txt").unlink()
    prepare("voc", tmp_path / "voc", out=tmp_path / "numbers")
    for path in (tmp_path / "voc").glob("Segmentation*/*.png"):
        drawn = Image.open(path)
        assert drawn.mode == "P"
        coloured = drawn.convert("RGB")
        numbers, colours = np.asarray(drawn), np.asarray(coloured)
        for number in np.unique(numbers).tolist():
            assert (colours[numbers == number] == voc_colour(number)).all()
        coloured.save(path)
    prepare("voc", tmp_path / "voc", out=tmp_path / "colours")
    assert Dataset.open(tmp_path / "colours").classes == mixed.classes
    same_data(Dataset.open(tmp_path / "numbers"), Dataset.open(tmp_path / "colours"))


def test_the_colours_are_vocs():
    known = {0: (0, 0, 0), 1: (128, 0, 0), 15: (192, 128, 128), 20: (0, 64, 128)}
    assert {number: voc_colour(number) for number in known} == known
    assert voc_colour(255) == (224, 224, 192)
    assert len({voc_colour(number) for number in range(4096)}) == 4096


@pytest.mark.parametrize("name", ["a: b", "#1", "Background"])
def test_a_name_that_no_label_map_can_hold(mixed, tmp_path, name):
    root = Path(shutil.copytree(mixed.root, tmp_path / "data"))
    dataset = replace(mixed, classes=(name, "a crack"), root=root, images=root / "images")
    for split in SPLITS:
        changed = dataset.annotation_file(split)
        text = changed.read_text(encoding="utf-8")
        changed.write_text(text.replace('"Pit, deep"', json.dumps(name)), encoding="utf-8")
    audit = Audit()
    write(dataset, tmp_path / "voc", audit)
    assert audit.counts()["name-unfit-for-labelmap"] == 1
    assert not (tmp_path / "voc/labelmap.txt").exists()
    prepare("voc", tmp_path / "voc", out=tmp_path / "back")
    assert Dataset.open(tmp_path / "back").classes == dataset.classes


def overlapping(root, number):
    """A data set of one image with ``number`` square defects that overlap their neighbours."""
    images = root / "source/images"
    images.mkdir(parents=True)
    pixels = np.zeros((40, 400), np.uint8)
    (images / "a.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    annotations = [
        {"id": n, "image_id": 0, "category_id": n % 2}
        | {"segmentation": [[n, 0, n + 2, 0, n + 2, 4 + n % 3, n, 4 + n % 3]]}
        for n in range(number)
    ]
    document = {
        "images": [{"id": 0, "file_name": "a.png", "height": 40, "width": 400}],
        "annotations": annotations,
        "categories": [{"id": 0, "name": "pit"}, {"id": 1, "name": "crack"}],
    }
    (root / "source/all.json").write_text(json.dumps(document))
    prepare("coco", root / "source", out=root / "data")
    return Dataset.open(root / "data")


@pytest.mark.parametrize(("number", "dtype"), [(3, np.uint8), (300, np.uint16)])
def test_overlaps_go_to_the_smaller_defect_and_are_said(tmp_path, number, dtype):
    dataset = overlapping(tmp_path, number)
    audit = Audit()
    write(dataset, tmp_path / "voc", audit)
    assert audit.counts() == {"overlapping-masks": 1}
    files = [tmp_path / f"voc/Segmentation{kind}/a.png" for kind in ("Class", "Object")]
    classes, objects = (np.asarray(Image.open(path)) for path in files)
    assert (classes.dtype, objects.dtype) == (np.uint8, dtype)
    (record,) = (record for split in SPLITS for record in dataset.split(split))
    masks = [decode(annotation.rle, *annotation.rle["size"]) for annotation in record.annotations]
    for row, column in np.argwhere(np.sum(masks, axis=0) > 1):
        owners = [n for n, mask in enumerate(masks) if mask[row, column]]
        smallest = min(masks[n].sum() for n in owners)
        owner = int(objects[row, column]) - 1
        assert masks[owner].sum() == smallest
        assert classes[row, column] == record.annotations[owner].label + 1
    assert math.isclose(np.count_nonzero(classes), np.any(masks, axis=0).sum())
