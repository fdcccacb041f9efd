import json
import shutil
import xml.etree.ElementTree as Xml
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.exporters.voc import voc_colour, write
from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.jobs.prepare import prepare


def test_masks_there_and_back(made, there_and_back, same_data):
    back, audit, read = there_and_back(made, "voc", "voc")
    assert not audit.findings
    assert not {"depth-conflict", "filename-conflict", "image-in-two-splits"} & read.keys()
    same_data(made, back)


def test_boxes_and_masks_there_and_back(mixed, there_and_back, same_data, flat):
    back, audit, _ = there_and_back(mixed, "voc", "voc")
    hidden = {finding.file for finding in audit.of("box-on-mask")}
    records = [record for split in SPLITS for record in mixed.split(split)]
    assert hidden == {record.name for record in records if len(record.annotations) == 3}

    def lost(record, annotation):
        return record.name in hidden and annotation.rle is None and annotation.label == 0

    same_data(mixed, back, flat(mixed).__getitem__, lost, pixels=1)


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
    """A program that knows colours alone gets the same classes and objects."""
    write(mixed, tmp_path / "voc", Audit())
    (tmp_path / "voc/class_names.txt").unlink()
    prepare("voc", tmp_path / "voc", out=tmp_path / "numbers")
    for path in (tmp_path / "voc").glob("Segmentation*/*.png"):
        drawn = Image.open(path)
        assert drawn.mode == "P"
        drawn.convert("RGB").save(path)
    prepare("voc", tmp_path / "voc", out=tmp_path / "colours")
    assert Dataset.open(tmp_path / "colours").classes == mixed.classes
    same_data(Dataset.open(tmp_path / "numbers"), Dataset.open(tmp_path / "colours"))


def test_the_colours_are_vocs():
    known = {0: (0, 0, 0), 1: (128, 0, 0), 15: (192, 128, 128), 20: (0, 64, 128)}
    assert {number: voc_colour(number) for number in known} == known
    assert voc_colour(255) == (224, 224, 192)
    assert len({voc_colour(number) for number in range(4096)}) == 4096


@pytest.mark.parametrize("name", ["a: b", "#1", "Background"])
def test_a_name_that_no_label_map_can_hold(mixed, tmp_path, name, there_and_back):
    root = Path(shutil.copytree(mixed.root, tmp_path / "data"))
    dataset = replace(mixed, classes=(name, "a crack"), root=root, images=root / "images")
    for split in SPLITS:
        changed = dataset.annotation_file(split)
        text = changed.read_text(encoding="utf-8")
        changed.write_text(text.replace('"Pit, deep"', json.dumps(name)), encoding="utf-8")
    back, audit, _ = there_and_back(dataset, "voc", "voc")
    assert audit.counts()["name-unfit-for-labelmap"] == 1
    assert not (tmp_path / "out/labelmap.txt").exists()
    assert back.classes == dataset.classes


@pytest.mark.parametrize(("number", "dtype"), [(3, np.uint8), (300, np.uint16)])
def test_overlaps_go_to_the_smaller_defect_and_are_noted(tmp_path, coco_dataset, number, dtype):
    """A data set of one image with square defects that overlap their neighbours."""

    def squares(_):
        for n in range(number):
            corners = [n, 0, n + 2, 0, n + 2, 4 + n % 3, n, 4 + n % 3]
            yield {"category_id": n % 2, "segmentation": [corners]}

    dataset = coco_dataset(tmp_path, ["a.png"], (40, 400), {0: "pit", 1: "crack"}, squares)
    (record,) = (record for split in SPLITS for record in dataset.split(split))
    audit = Audit()
    write(dataset, tmp_path / "voc", audit)
    assert audit.counts() == {"overlapping-masks": 1}
    files = [tmp_path / f"voc/Segmentation{kind}/a.png" for kind in ("Class", "Object")]
    classes, objects = (np.asarray(Image.open(path)) for path in files)
    assert (classes.dtype, objects.dtype) == (np.uint8, dtype)
    masks = [decode(annotation.rle, 40, 400) for annotation in record.annotations]
    for row, column in np.argwhere(np.sum(masks, axis=0) > 1):
        smallest = min(mask.sum() for mask in masks if mask[row, column])
        owner = int(objects[row, column]) - 1
        assert masks[owner].sum() == smallest
        assert classes[row, column] == record.annotations[owner].label + 1
    assert np.array_equal(classes > 0, np.any(masks, axis=0))
