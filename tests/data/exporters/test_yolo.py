from pathlib import Path

import yaml

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Record
from auxnet_cli.data.exporters.yolo import label_line, write


def test_there_and_back(dataset, there_and_back, same_data, flat):
    """Masks bit for bit, though they travel as polygons."""
    back, audit, _ = there_and_back(dataset, "yolo", "yolo")
    assert set(audit.counts()) <= {"renamed-image"}
    same_data(dataset, back, flat(dataset).__getitem__)


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
