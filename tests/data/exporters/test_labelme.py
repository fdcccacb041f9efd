import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS
from auxnet_cli.data.exporters.labelme import write
from auxnet_cli.data.labels.run_lengths import decode


def test_there_and_back(dataset, there_and_back, same_data):
    back, audit, _ = there_and_back(dataset, "labelme", "labelme")
    assert set(audit.counts()) <= ({"ambiguous-stem"} if dataset.name == "data" else set())
    renamed = {item.file: item.action.removeprefix("written as ") for item in audit.findings}
    same_data(dataset, back, lambda name: renamed.get(name, name))


def test_labelme_would_read_it(dataset, tmp_path):
    """By LabelMe's own rules: a mask is pasted at its corners, which both belong to it."""
    write(dataset, tmp_path, Audit())
    assert (tmp_path / "labels.txt").read_text().splitlines() == list(dataset.classes)
    masks = 0
    for split in SPLITS:
        labels = {path: json.loads(path.read_text()) for path in (tmp_path / split).rglob("*.json")}
        records = {record.path.read_bytes(): record for record in dataset.split(split)}
        assert len(labels) == len(records)
        for path, document in labels.items():
            record = records[(path.parent / document["imagePath"]).read_bytes()]
            assert path.stem == document["imagePath"].rpartition(".")[0]
            size = record.height, record.width
            assert (document["imageHeight"], document["imageWidth"]) == size
            for mine, shape in zip(record.annotations, document["shapes"], strict=True):
                assert shape["label"] == dataset.classes[mine.label]
                (left, top), (right, bottom) = shape["points"]
                if mine.rle is None:
                    assert shape["shape_type"] == "rectangle"
                    assert (left, top, right - left, bottom - top) == pytest.approx(mine.box)
                    continue
                canvas = np.zeros(size, bool)
                png = Image.open(io.BytesIO(base64.b64decode(shape["mask"])))
                canvas[top : bottom + 1, left : right + 1] = np.asarray(png).astype(bool)
                assert (canvas == decode(mine.rle, *size)).all()
                masks += 1
    assert masks
