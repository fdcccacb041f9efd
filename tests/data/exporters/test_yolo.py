from pathlib import Path

import pytest
import yaml

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset, Record
from auxnet_cli.data.exporters.naming import flat_names
from auxnet_cli.data.exporters.yolo import label_line, write
from auxnet_cli.jobs.prepare import prepare


@pytest.fixture(params=["made", "mixed"])
def dataset(request):
    return request.getfixturevalue(request.param)


def test_there_and_back(dataset, same_data, tmp_path):
    """Masks bit for bit, though they travel as polygons."""
    audit = Audit()
    write(dataset, tmp_path / "yolo", audit)
    assert set(audit.counts()) <= {"renamed-image"}
    prepare("yolo", tmp_path / "yolo", out=tmp_path / "back")
    records = [record for split in SPLITS for record in dataset.split(split)]
    flat = flat_names(records, Audit())
    called = {record.name: flat[record.id] for record in records}
    same_data(dataset, Dataset.open(tmp_path / "back"), called.__getitem__)


def test_files(mixed, tmp_path):
    write(mixed, tmp_path, Audit())
    document = yaml.safe_load((tmp_path / "data.yaml").read_text(encoding="utf-8"))
    assert document == {
        "train": "images/train",
        "val": "images/val",
        "test": "images/test",
        "names": {0: "Pit, deep", 1: "a crack"},
    }
    for split in SPLITS:
        images = sorted(path.stem for path in (tmp_path / "images" / split).iterdir())
        labels = sorted((tmp_path / "labels" / split).iterdir())
        assert [path.stem for path in labels] == images
        for path in labels:
            for line in path.read_text(encoding="utf-8").splitlines():
                label, *values = line.split()
                assert label in ("0", "1")
                assert len(values) == 4 or (len(values) >= 8 and len(values) % 2 == 0)
                assert all(0 <= float(value) <= 1 for value in values)


def test_small_parts_are_written_without_exponent():
    record = Record(1, "a.png", Path("a.png"), 30000, 30000, ())
    text = label_line(3, [0.25, 30000, 1 / 3, 0.0], record)
    assert text == "3 0.00000833333333 1 0.0000111111111 0\n"
