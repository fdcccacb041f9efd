import csv
import shutil
from dataclasses import replace

import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.exporters.severstal import write
from auxnet_cli.data.labels.run_lengths import decode_union, fill, parse_runs
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare
from tests.data.source_builders import encoded, put
from tests.shared_data import SHARED

MINI = SHARED / "severstal_mini"
HEAD = ["ImageId", "ClassId", "EncodedPixels"]


def rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_a_table_goes_in_and_comes_out_equal(tmp_path, there_and_back):
    """Five strips: two classes that overlap on one, touching runs, good parts."""
    source = tmp_path / "in"
    for number, name in enumerate(["e.jpg", "a.jpg", "b.png", "c.jpg", "d.jpg"]):
        put(source / "train_images" / name, encoded(np.full((4, 6), 40 * number, np.uint8)))
    table = [["a.jpg", "1", "1 2 4 5"], ["a.jpg", "3", "2 9"], ["c.jpg", "4", "24 1"]]
    lines = [HEAD, *table, ["e.jpg", "2", "1 24"]]
    (source / "train.csv").write_text("".join(",".join(line) + "\n" for line in lines))
    prepare("severstal", source, out=tmp_path / "data")
    dataset, out = Dataset.open(tmp_path / "data"), tmp_path / "out"
    back, audit, _ = there_and_back(dataset, "severstal", "severstal")
    assert (out / "train.csv").read_bytes() == (source / "train.csv").read_bytes()
    assert audit.counts() == {"split-not-written": 1}
    for path in (source / "train_images").iterdir():
        assert (out / "train_images" / path.name).read_bytes() == path.read_bytes()
    assert back.fingerprint == dataset.fingerprint


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
    table = rows(tmp_path / "train.csv")[1:]
    assert len(table) == sum(len(record.labels) for record in records.values())
    for name, label, text in table:
        size = records[name].height, records[name].width
        rles = [a.rle for a in records[name].annotations if a.label == int(label) - 1]
        assert np.array_equal(fill(parse_runs(text), *size), decode_union(rles, *size))


def test_images_with_boxes_alone_are_left_out(mixed, tmp_path):
    audit = Audit()
    write(mixed, tmp_path, audit)
    records = [record for split in SPLITS for record in mixed.split(split)]
    bare = {record.name for record in records if any(not a.rle for a in record.annotations)}
    assert {finding.file for finding in audit.of("box-without-mask")} == bare
    assert len(list((tmp_path / "train_images").iterdir())) == len(records) - len(bare)


def test_five_classes_are_too_many(made, tmp_path):
    with pytest.raises(InputError, match="has 5 classes, but Severstal's table takes 4"):
        write(replace(made, classes=tuple("abcde")), tmp_path, Audit())
