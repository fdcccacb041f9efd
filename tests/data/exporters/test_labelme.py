import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.exporters.labelme import write
from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.jobs.prepare import prepare


def test_there_and_back(made, same_data, tmp_path):
    audit = Audit()
    write(made, tmp_path / "labelme", audit)
    assert not audit.findings
    prepare("labelme", tmp_path / "labelme", out=tmp_path / "back")
    same_data(made, Dataset.open(tmp_path / "back"))


def test_there_and_back_with_boxes_and_names_that_share_a_stem(mixed, same_data, tmp_path):
    audit = Audit()
    write(mixed, tmp_path / "labelme", audit)
    renamed = {
        finding.file: finding.action.removeprefix("written as ") for finding in audit.findings
    }
    assert {finding.kind for finding in audit.findings} <= {"ambiguous-stem"}
    prepare("labelme", tmp_path / "labelme", out=tmp_path / "back")
    same_data(mixed, Dataset.open(tmp_path / "back"), lambda name: renamed.get(name, name))


def test_names_that_share_a_stem(mixed, tmp_path):
    prepare("coco", mixed.root.parents[1] / "source", out=tmp_path / "one", val=0, test=0)
    audit = Audit()
    write(Dataset.open(tmp_path / "one"), tmp_path / "labelme", audit)
    assert [(finding.file, finding.action) for finding in audit.findings] == [
        ("a.png", "written as a_png.png")
    ]
    assert len(list((tmp_path / "labelme/train").rglob("*.json"))) == 18


@pytest.mark.parametrize("name", ["made", "mixed"])
def test_labelme_would_read_it(name, request, tmp_path):
    """By LabelMe's own rules: a mask is pasted at its corners, which both belong to it."""
    dataset = request.getfixturevalue(name)
    write(dataset, tmp_path, Audit())
    assert (tmp_path / "labels.txt").read_text().splitlines() == list(dataset.classes)
    number = 0
    for split in SPLITS:
        labels = {path: json.loads(path.read_text()) for path in (tmp_path / split).rglob("*.json")}
        records = {record.path.read_bytes(): record for record in dataset.split(split)}
        assert len(labels) == len(records)
        for path, document in labels.items():
            record = records[(path.parent / document["imagePath"]).read_bytes()]
            assert path.stem == document["imagePath"].rpartition(".")[0]
            assert (document["imageHeight"], document["imageWidth"]) == (
                record.height,
                record.width,
            )
            for mine, shape in zip(record.annotations, document["shapes"], strict=True):
                assert shape["label"] == dataset.classes[mine.label]
                (left, top), (right, bottom) = shape["points"]
                if mine.rle is None:
                    assert shape["shape_type"] == "rectangle"
                    assert (left, top, right - left, bottom - top) == pytest.approx(mine.box)
                    continue
                canvas = np.zeros((record.height, record.width), bool)
                png = Image.open(io.BytesIO(base64.b64decode(shape["mask"])))
                canvas[top : bottom + 1, left : right + 1] = np.asarray(png).astype(bool)
                assert (canvas == decode(mine.rle, *mine.rle["size"])).all()
                number += 1
    assert number
