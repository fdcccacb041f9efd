import sys
from types import ModuleType

import cv2
import numpy as np
import pytest

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.data.sources.registry import FORMATS, SourceFormat, check_policy
from auxnet_cli.data.sources.source import Source, SourceImage
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare


def read(request, audit):
    """A toy format: every PNG shows one box, but for those whose name begins with ``good``."""

    def labels(height, width, path):
        return [] if path.name.startswith("good") else [("dent", (1.0, 1.0, width - 2, height - 2))]

    images = [
        SourceImage(path.name, path.name, path, lambda h, w, path=path: labels(h, w, path))
        for path in sorted(request.folder.glob("*.png"))
    ]
    return Source(request.folder, ("dent",), images, len(images))


def test_a_new_format_is_a_module_and_an_entry(tmp_path, monkeypatch):
    toy = ModuleType("toy_format")
    toy.read = read
    monkeypatch.setitem(sys.modules, "toy_format", toy)
    monkeypatch.setitem(FORMATS, "toy", SourceFormat("toy_format", allows_unlabelled=True))
    for number, name in enumerate(("a", "b", "good-c")):
        (tmp_path / "photos").mkdir(exist_ok=True)
        pixels = np.full((8, 9), 40 * number, np.uint8)
        (tmp_path / f"photos/{name}.png").write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    prepare("toy", tmp_path / "photos", out=tmp_path / "set", val=0, test=0, unlabelled="good")
    dataset = Dataset.open(tmp_path / "set")
    assert dataset.classes == ("dent",)
    boxes = {
        record.name: [item.box for item in record.annotations] for record in dataset.split("train")
    }
    assert boxes == {"a.png": [(1, 1, 7, 6)], "b.png": [(1, 1, 7, 6)], "good-c.png": []}
    with pytest.raises(InputError, match=r"Kinds that can be read: severstal, .*, toy\."):
        prepare("tyo", tmp_path / "photos")


def test_policies():
    with pytest.raises(InputError, match=r"Did you mean 'good'\? Take one of skip, good, error"):
        check_policy("coco", "god")
    able = "tekerreka, coco, voc, labelme, yolo"
    for kind in FORMATS:
        check_policy(kind, "skip")
        for policy in ("good", "error"):
            if kind in able.split(", "):
                check_policy(kind, policy)
            else:
                with pytest.raises(InputError, match=f"for {able}: .* since {kind} has a rule"):
                    check_policy(kind, policy)
