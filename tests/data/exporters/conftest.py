import json

import cv2
import numpy as np
import pytest

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.jobs.prepare import prepare


@pytest.fixture(scope="session")
def mixed(tmp_path_factory):
    """A data set with masks, boxes and good parts, in folders, with names that share a stem."""
    root = tmp_path_factory.mktemp("mixed")
    generator = np.random.default_rng(0)
    images, annotations = [], []
    names = ["a.png", "a.bmp", "A_bmp.png", "Crack/a.png", "Crack-2/a.png", "Pit é/b c.png"]
    names += [f"n{number}.png" for number in range(12)]
    for number, name in enumerate(names):
        path = root / "source/images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = generator.integers(0, 255, (20, 30), np.uint8)
        path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())
        images.append({"id": number, "file_name": name, "height": 20, "width": 30})
        x, y = number % 20, number % 9
        shapes = [
            {"category_id": 9, "segmentation": [[x, y, x + 7.3, y + 2, x + 3, y + 8.6]]},
            {"category_id": 2, "bbox": [x + 0.25, y + 0.1, 6.5, 9]},
            {"category_id": 9, "bbox": [0, 0, 30, 20]},
        ]
        for shape in shapes[: number % 4]:
            annotations.append({"id": len(annotations), "image_id": number} | shape)
    document = {
        "images": images,
        "annotations": annotations,
        "categories": [{"id": 9, "name": "Pit, deep"}, {"id": 2, "name": "a crack"}],
    }
    (root / "source/all.json").write_text(json.dumps(document))
    prepare("coco", root / "source", out=root / "data/mixed", val=0.25, test=0.25)
    return Dataset.open(root / "data/mixed")


@pytest.fixture
def same_data():
    """Compare two data sets: splits, names, classes, masks bit for bit, boxes to a thousandth."""

    def compare(one, other, names=lambda name: name):
        assert one.classes == other.classes
        for split in ("train", "val", "test"):
            left = {names(record.name): record for record in one.split(split)}
            right = {record.name: record for record in other.split(split)}
            assert left.keys() == right.keys()
            for name, record in left.items():
                assert record.path.read_bytes() == right[name].path.read_bytes()
                for mine, theirs in zip(record.annotations, right[name].annotations, strict=True):
                    assert (mine.label, mine.rle) == (theirs.label, theirs.rle)
                    assert mine.box == pytest.approx(theirs.box, abs=1e-3)

    return compare
