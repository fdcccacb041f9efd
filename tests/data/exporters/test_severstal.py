import csv
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.exporters.severstal import write
from auxnet_cli.data.labels.rle import decode
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare
from tests.shared_data import SHARED

MINI = SHARED / "severstal_mini"
HEAD = ["ImageId", "ClassId", "EncodedPixels"]


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def source(root):
    """Five strips: two classes that overlap on one, touching runs, good parts."""
    (root / "train_images").mkdir(parents=True)
    for number, name in enumerate(["e.jpg", "a.jpg", "b.png", "c.jpg", "d.jpg"]):
        pixels = np.full((4, 6), 40 * number, np.uint8)
        (root / "train_images" / name).write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    table = [["a.jpg", "1", "1 2 4 5"], ["a.jpg", "3", "2 9"], ["c.jpg", "4", "24 1"]]
    lines = [HEAD, *table, ["e.jpg", "2", "1 24"]]
    (root / "train.csv").write_text("".join(",".join(line) + "\n" for line in lines))


def test_a_table_goes_in_and_comes_out_equal(tmp_path):
    source(tmp_path / "in")
    prepare("severstal", tmp_path / "in", out=tmp_path / "data")
    audit = Audit()
    out = tmp_path / "out"
    write(Dataset.open(tmp_path / "data"), out, audit)
    assert (out / "train.csv").read_bytes() == (tmp_path / "in/train.csv").read_bytes()
    assert audit.counts() == {"split-not-written": 1}
    for path in (tmp_path / "in/train_images").iterdir():
        assert (out / "train_images" / path.name).read_bytes() == path.read_bytes()
    first = prepare("severstal", out, out=tmp_path / "back")
    document = Dataset.open(tmp_path / "data")
    assert first.fingerprint == document.fingerprint


@pytest.mark.skipif(not MINI.is_dir(), reason="needs the sample data")
def test_the_samples_table(tmp_path):
    shutil.copytree(MINI, tmp_path / "in")
    prepare("severstal", tmp_path / "in", out=tmp_path / "data")
    write(Dataset.open(tmp_path / "data"), tmp_path / "out", Audit())
    expected = [HEAD]
    for key, runs in rows(MINI / "train.csv")[1:]:
        name, _, label = key.rpartition("_")
        if runs and (MINI / "train_images" / name).is_file():
            expected.append([name, label, runs])
    assert rows(tmp_path / "out/train.csv") == expected


def test_other_names_are_numbered(made, tmp_path):
    audit = Audit()
    write(made, tmp_path, audit)
    assert len(audit.of("renamed-class")) == len(made.classes)
    records = {record.name: record for split in SPLITS for record in made.split(split)}
    found = rows(tmp_path / "train.csv")[1:]
    assert len(found) == sum(len(record.labels) for record in records.values())
    for name, label, text in found:
        numbers = np.array(text.split(), int).reshape(-1, 2)
        flat = np.zeros(records[name].height * records[name].width, bool)
        for start, length in numbers:
            flat[start - 1 : start - 1 + length] = True
        own = [a for a in records[name].annotations if a.label == int(label) - 1]
        expected = np.any(
            [decode(annotation.rle, *annotation.rle["size"]) for annotation in own], axis=0
        )
        assert np.array_equal(flat.reshape(expected.shape[::-1]).T, expected)


def test_boxes_have_no_place(mixed, tmp_path):
    audit = Audit()
    write(mixed, tmp_path, audit)
    records = [record for split in SPLITS for record in mixed.split(split)]
    bare = {record.name for record in records if any(not a.rle for a in record.annotations)}
    assert {finding.file for finding in audit.of("box-without-mask")} == bare
    assert len(list((tmp_path / "train_images").iterdir())) == len(records) - len(bare)


def test_five_classes_are_too_many(made, tmp_path):
    with pytest.raises(InputError, match="has 5 classes, but Severstal's table takes 4"):
        write(replace(made, classes=tuple("abcde")), tmp_path, Audit())
