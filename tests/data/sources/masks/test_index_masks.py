import cv2
import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import RejectedImageError, Request
from auxnet_cli.data.sources.masks.reader import read
from auxnet_cli.errors import InputError


def put(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, np.asarray(pixels, np.uint8))[1].tobytes())


def voc(root, masks, names=None):
    """One image beside each mask of one row of pixels."""
    for stem, row in masks.items():
        put(root / f"JPEGImages/{stem}.jpg", [[0] * len(row)])
        put(root / f"SegmentationClass/{stem}.png", [row])
    if names is not None:
        (root / "class_names.txt").write_text(names)
    return Request(root)


def layers(opened, width=4):
    return {
        image.name: {name: mask[0].astype(int).tolist() for name, mask in image.labels(1, width)}
        for image in opened.images
    }


def test_names_from_the_file_without_a_last_line_end(tmp_path):
    request = voc(
        tmp_path, {"a": [0, 1, 2, 2], "b": [0, 0, 0, 0]}, "back\nInclusion\nPatch\nothers"
    )
    opened = read(request, Audit())
    assert opened.classes == ("Inclusion", "Patch", "others")
    assert not opened.unseen  # others goes if no image shows it
    assert layers(opened) == {
        "a.jpg": {"Inclusion": [0, 1, 0, 0], "Patch": [0, 0, 1, 1]},
        "b.jpg": {},
    }


def test_numbers_where_there_is_no_file_and_void_is_background(tmp_path):
    audit = Audit()
    opened = read(voc(tmp_path, {"a": [0, 3, 255, 255], "b": [1, 0, 0, 0]}), audit)
    assert opened.classes == ("1", "3")
    assert layers(opened) == {"a.jpg": {"3": [0, 1, 0, 0]}, "b.jpg": {"1": [1, 0, 0, 0]}}
    assert [(finding.kind, finding.file) for finding in audit.findings] == [
        ("void-pixels", "JPEGImages/a.jpg")
    ]


@pytest.mark.parametrize("row", [[0, 255, 255, 0], [90, 255, 180, 0]])
def test_black_and_white_masks_are_one_class(tmp_path, row):
    opened = read(voc(tmp_path, {"a": row, "b": [0, 0, 0, 0]}), Audit())
    assert opened.classes == ("defect",)
    assert layers(opened)["a.jpg"]["defect"] == [int(value > 127) for value in row]
    assert not any(layers(read(Request(tmp_path), Audit()))["b.jpg"]["defect"])


def test_palette_masks(tmp_path):
    request = voc(tmp_path, {"a": [0, 0, 0, 0]})
    image = Image.fromarray(np.array([[0, 1, 2, 1]], np.uint8))
    image.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
    image.save(tmp_path / "SegmentationClass/a.png")
    assert layers(read(request, Audit())) == {"a.jpg": {"1": [0, 1, 0, 1], "2": [0, 0, 1, 0]}}


def test_lonely_files_and_shared_stems(tmp_path):
    audit = Audit()
    request = voc(tmp_path, {"a": [0, 1]})
    put(tmp_path / "JPEGImages/b.jpg", [[0, 0]])
    put(tmp_path / "JPEGImages/a.png", [[0, 0]])
    put(tmp_path / "SegmentationClass/c.png", [[0, 1]])
    assert list(layers(read(request, audit), width=2)) == ["a.jpg"]
    assert [(finding.kind, finding.file) for finding in audit.findings] == [
        ("ambiguous-stem", "JPEGImages/a.png"),
        ("image-without-mask", "JPEGImages/b.jpg"),
        ("mask-without-image", "SegmentationClass/c.png"),
    ]


def rejection(opened, height=1, width=4):
    with pytest.raises(RejectedImageError) as caught:
        list(next(iter(opened.images)).labels(height, width))
    return caught.value


def test_value_without_a_name(tmp_path):
    error = rejection(read(voc(tmp_path, {"a": [0, 1, 7, 0]}, "back\npit\n"), Audit()))
    assert error.kind == "unknown-class-value"
    assert "value 7, but the last class is 1" in error.detail


def test_other_size_and_broken_mask(tmp_path):
    request = voc(tmp_path, {"a": [0, 1, 1, 0]})
    error = rejection(read(request, Audit()), width=5)
    assert error.kind == "mask-of-other-size"
    assert "5 x 1 pixels, its mask SegmentationClass/a.png 4 x 1" in error.detail
    (tmp_path / "SegmentationClass/a.png").write_bytes(b"")
    assert rejection(read(request, Audit())).kind == "unreadable-mask"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("back", "at least one class"),
        ("", "at least one class"),
        ("back\npit\npit", "line 3: 'pit' stands there twice"),
        ("back\n\npit", "line 2: the line is empty"),
    ],
)
def test_wrong_names(tmp_path, names, message):
    with pytest.raises(InputError, match=message):
        read(voc(tmp_path, {"a": [0, 1]}, names), Audit())


def test_names_that_are_no_text(tmp_path):
    request = voc(tmp_path, {"a": [0, 1]}, "")
    (tmp_path / "class_names.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="no UTF-8"):
        read(request, Audit())
