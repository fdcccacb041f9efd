import re

import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.sources.source import Canvas, RejectedImageError, Request
from auxnet_cli.data.sources.voc.reader import check_xml, read
from auxnet_cli.data.sources.voc.xml import VocObject, VocXml
from auxnet_cli.errors import InputError
from auxnet_cli.jobs.prepare import prepare
from tests.data.source_builders import labels_of, put
from tests.shared_data import SHARED

needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the sample data")


def xml(*objects, extra=""):
    """An XML of objects: a name and xmin, ymin, xmax, ymax each."""
    sides = ("xmin", "ymin", "xmax", "ymax")
    drawn = "".join(
        f"<object><name>{name}</name><bndbox>"
        + "".join(f"<{side}>{value}</{side}>" for side, value in zip(sides, box, strict=True))
        + "</bndbox></object>"
        for name, *box in objects
    )
    return f"<annotation>{extra}{drawn}</annotation>"


def source(root, masks=None, **xmls):
    """8 x 10 images with their XML (``None``: without), and masks of them."""
    for stem, text in xmls.items():
        put(root / f"JPEGImages/{stem}.png", np.zeros((8, 10, 3), np.uint8))
        if text is not None:
            put(root / f"Annotations/{stem}.xml", text)
    for stem, mask in (masks or {}).items():
        put(root / f"SegmentationClass/{stem}.png", np.asarray(mask, np.uint8))
    return root


def opened(root, audit=None):
    return read(Request(root), audit or Audit())


def labels(root, audit=None):
    return labels_of(opened(root, audit), 8, 10)


def test_boxes_count_from_one_and_include_the_last_pixel(tmp_path):
    root = source(tmp_path, a=xml(("pit", 1, 1, 10, 8), ("crack", 3, 4, 3, 6)), b=xml())
    assert opened(root).classes == ("crack", "pit")
    assert labels(root) == {
        "a.png": [("pit", (0, 0, 10, 8)), ("crack", (2, 3, 1, 3))],
        "b.png": [],
    }


def test_boxes_cut_or_left_out(tmp_path):
    audit = Audit()
    root = source(tmp_path, a=xml(("pit", 0, 1, 99, 8), ("pit", 5, 5, 4, 6)))
    assert labels(root, audit=audit) == {"a.png": [("pit", (0, 0, 10, 8))]}
    assert audit.counts() == {"box-past-image": 1, "degenerate-box": 1}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (xml(("pit", 20, 1, 30, 8)), "no-usable-annotation"),
        (xml(("pit", "x", 1, 30, 8)), "unreadable-annotation"),
        (xml(extra="<size><width>8</width><height>10</height></size>"), "size-conflict"),
    ],
)
def test_an_image_whose_xml_cannot_be_used_is_no_good_part(tmp_path, text, kind):
    source(tmp_path, a=text)
    (image,) = opened(tmp_path).images
    with pytest.raises(RejectedImageError) as caught:
        image.labels(8, 10)
    assert caught.value.kind == kind


def test_a_good_part_by_its_folder(tmp_path):
    root = source(tmp_path, a=xml(("pit", 1, 1, 2, 2)), b=None)
    put(root / "JPEGImages/ok/c.png", np.zeros((8, 10), np.uint8))
    audit = Audit()
    assert list(labels(root, audit)) == ["a.png", "ok/c.png"]
    assert [finding.detail for finding in audit.findings] == ["neither XML nor mask"]


def test_masks_count_and_boxes_only_where_no_mask_shows_their_class(tmp_path):
    mask = np.zeros((8, 10))
    mask[2:4, 2:5] = 1
    text = xml(("pit", 3, 3, 5, 4), ("pit", 8, 8, 9, 8), ("crack", 3, 3, 5, 4))
    root = source(tmp_path, {"a": mask}, a=text, b=xml(("pit", 1, 1, 2, 2)))
    (root / "class_names.txt").write_text("back\npit\n")
    assert opened(root).classes == ("pit", "crack")
    (name, shown), *boxes = labels(root)["a.png"]
    assert (name, shown.tolist()) == ("pit", mask.astype(bool).tolist())
    assert boxes == [("pit", (7, 7, 2, 1)), ("crack", (2, 2, 3, 2))]
    assert labels(root)["b.png"] == [("pit", (0, 0, 2, 2))]


def test_masks_beside_xml_need_names(tmp_path):
    root = source(tmp_path, {"a": np.eye(8, 10)}, a=xml(("pit", 1, 1, 2, 2)))
    with pytest.raises(InputError, match=r"add class_names\.txt"):
        opened(root)


def test_the_split_is_given(tmp_path):
    root = source(tmp_path, a=xml(("pit", 1, 1, 2, 2)), b=xml(), c=xml())
    put(root / "ImageSets/Main/train.txt", "a\n")
    put(root / "ImageSets/Main/test.txt", "b\n")
    splits = {image.name: image.split for image in opened(root).images}
    assert splits == {"a.png": "train", "b.png": "test", "c.png": None}


def test_neither_xml_nor_masks(tmp_path):
    put(tmp_path / "a.png", np.zeros((8, 10), np.uint8))
    with pytest.raises(InputError, match="holds neither XML files nor a folder SegmentationClass"):
        opened(tmp_path)


def contradictions(root, name, xml, classes=("crazing", "rolled-in", "rolled", "c1", "3")):
    put(root / name, np.zeros((4, 5, 3), np.uint8))
    canvas = Canvas(name, 4, 5, Audit())
    check_xml(xml, root / name, {item.casefold(): item for item in classes}, canvas)
    return [(finding.kind, finding.detail) for finding in canvas.audit.findings]


def content(*names, filename="", size=None, depth=None):
    return VocXml(filename, size, depth, tuple(VocObject(name, (0, 0, 1, 1)) for name in names))


def test_where_an_xml_contradicts_its_image(tmp_path):
    whole = content("crazing", filename="x\\crazing_1.png", size=(4, 5), depth=3)
    assert contradictions(tmp_path, "crazing_1.png", whole) == []
    assert contradictions(tmp_path, "a.png", content()) == []
    assert contradictions(tmp_path, "a.png", content(filename="a", depth=1)) == [
        ("depth-conflict", "the XML says depth 1, the image has 3 channels"),
        ("filename-conflict", "the XML's <filename> is 'a'"),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("crazing_1", "crazing"),
        ("Crazing12", "crazing"),
        ("rolled-in_3", "rolled-in"),
        ("rolled_3", "rolled"),
        ("crazings_1", None),
        ("c1_4", None),
        ("3", None),
        ("x_crazing", None),
    ],
)
def test_class_unlike_the_files_name(tmp_path, name, expected):
    names = content("other", "other", expected or "else")
    details = dict(contradictions(tmp_path, f"{name}.png", names))
    if expected is None:
        assert details == {}
    else:
        assert f"called after {expected}, but 2 of 3 objects" in details["class-unlike-name"]


@needs_data
@pytest.mark.slow
def test_neu_det_boxes_are_those_of_another_parser(tmp_path):
    prepared = prepare("voc", SHARED / "neu_det", out=tmp_path / "d")
    assert prepared.audit["depth-conflict"] == 300
    assert prepared.audit["filename-conflict"] == 34
    assert prepared.audit["class-unlike-name"] == 20
    dataset = Dataset.open(tmp_path / "d")
    number = 0
    for record in (record for split in SPLITS for record in dataset.split(split)):
        text = (SHARED / "neu_det/ANNOTATIONS" / record.name).with_suffix(".xml").read_text()
        expected = []
        for block in re.findall(r"<object>(.*?)</object>", text, re.DOTALL):
            sides = [
                int(re.search(rf"<{s}{m}>(\d+)<", block)[1]) for m in ("min", "max") for s in "xy"
            ]
            x, y, x_end, y_end = sides
            name = re.search(r"<name>(.*?)<", block)[1]
            expected.append((name, (x - 1, y - 1, x_end - x + 1, y_end - y + 1)))
        boxes = [(dataset.classes[defect.label], defect.box) for defect in record.annotations]
        assert sorted(boxes) == sorted(expected)
        number += len(boxes)
    assert number == 717
