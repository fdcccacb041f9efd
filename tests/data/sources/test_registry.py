import sys
from types import ModuleType

import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.data.sources.registry import FORMATS, SourceFormat, check_policy, open_source
from auxnet_cli.data.sources.source import Request, Source, SourceImage
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare
from tests.data.source_builders import KINDS, photo, put

ABLE = ("tekerreka", "coco", "voc", "labelme", "yolo")


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
        put(tmp_path / f"photos/{name}.png", np.full((8, 9), 40 * number, np.uint8))
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
    for kind in FORMATS:
        check_policy(kind, "skip")
        for policy in ("good", "error"):
            if kind in ABLE:
                check_policy(kind, policy)
            else:
                with pytest.raises(
                    InputError, match=f"for {', '.join(ABLE)}: .* since {kind} has a"
                ):
                    check_policy(kind, policy)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.partition(",")[0] in ABLE])
def test_images_without_annotation_are_skipped_or_good_or_refused(tmp_path, kind):
    for name, content in (KINDS[kind]() | {"bare.png": photo(8)}).items():
        put(tmp_path / name, content)
    names = {}
    for policy in ("skip", "good"):
        audit = Audit()
        source = open_source(kind.partition(",")[0], Request(tmp_path, unlabelled=policy), audit)
        names[policy] = {image.file: image for image in source.images}
        assert "bare.png" in {finding.file for finding in audit.of("image-without-annotation")}
    assert "bare.png" not in names["skip"]
    assert list(names["good"]["bare.png"].labels(32, 48)) == []
    with pytest.raises(InputError, match=r"images have no annotation \(.*the first is bare\.png"):
        open_source(kind.partition(",")[0], Request(tmp_path, unlabelled="error"), Audit())
