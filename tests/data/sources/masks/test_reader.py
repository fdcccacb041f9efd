import numpy as np
import pytest
from PIL import Image

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.masks.reader import read
from auxnet_cli.data.sources.source import RejectedImageError, Request
from auxnet_cli.errors import InputError
from tests.data.source_builders import findings, put


@pytest.mark.parametrize(
    ("folders", "classes"),
    [
        (["images", "masks"], ("defect",)),  # one folder is named like masks are
        (["Crack", "Hole"], ("Crack", "Hole")),  # none is
        (["images", "labels", "masks"], ("images", "labels", "masks")),  # three folders
    ],
)
def test_layout_by_the_folders(tmp_path, folders, classes):
    for name in folders:
        for suffix in (".bmp", ".png") if "images" not in folders else (".png",):
            put(tmp_path / f"{name}/a{suffix}", np.full((2, 2), 255, np.uint8))
    (tmp_path / ".git").mkdir()
    (tmp_path / "empty").mkdir()
    assert read(Request(tmp_path), Audit()).classes == classes


def test_no_layout(tmp_path):
    put(tmp_path / "a.png")
    with pytest.raises(InputError, match="no sub-folder with images"):
        read(Request(tmp_path), Audit())


def index_masks(root, masks, names=None, audit=None):
    """Opens one image beside each mask of one row of pixels."""
    for stem, row in masks.items():
        put(root / f"JPEGImages/{stem}.jpg", np.zeros((1, len(row)), np.uint8))
        put(root / f"SegmentationClass/{stem}.png", np.array([row], np.uint8))
    if names is not None:
        (root / "class_names.txt").write_bytes(names)
    return read(Request(root), audit or Audit())


def rows(opened, width=4):
    return {
        image.name: {name: mask[0].astype(int).tolist() for name, mask in image.labels(1, width)}
        for image in opened.images
    }


def test_names_from_the_file_without_a_last_line_end(tmp_path):
    masks = {"a": [0, 1, 2, 2], "b": [0, 0, 0, 0]}
    opened = index_masks(tmp_path, masks, b"back\nInclusion\nPatch\nothers")
    assert opened.classes == ("Inclusion", "Patch", "others")
    assert not opened.keeps_unseen  # others goes if no image shows it
    shown = {"Inclusion": [0, 1, 0, 0], "Patch": [0, 0, 1, 1]}
    assert rows(opened) == {"a.jpg": shown, "b.jpg": {}}


def test_numbers_where_there_is_no_file_and_void_is_background(tmp_path):
    audit = Audit()
    opened = index_masks(tmp_path, {"a": [0, 3, 255, 255], "b": [1, 0, 0, 0]}, audit=audit)
    assert opened.classes == ("1", "3")
    assert rows(opened) == {"a.jpg": {"3": [0, 1, 0, 0]}, "b.jpg": {"1": [1, 0, 0, 0]}}
    assert findings(audit) == [("void-pixels", "JPEGImages/a.jpg")]


@pytest.mark.parametrize("row", [[0, 255, 255, 0], [90, 255, 180, 0]])
def test_black_and_white_masks_are_one_class(tmp_path, row):
    opened = index_masks(tmp_path, {"a": row, "b": [0, 0, 0, 0]})
    assert opened.classes == ("defect",)
    expected = [int(value > 127) for value in row]
    assert rows(opened) == {"a.jpg": {"defect": expected}, "b.jpg": {"defect": [0] * 4}}


def test_palette_masks(tmp_path):
    index_masks(tmp_path, {"a": [0, 0, 0, 0]})
    image = Image.fromarray(np.array([[0, 1, 2, 1]], np.uint8))
    image.putpalette([0, 0, 0, 128, 0, 0, 0, 128, 0])
    image.save(tmp_path / "SegmentationClass/a.png")
    opened = read(Request(tmp_path), Audit())
    assert rows(opened) == {"a.jpg": {"1": [0, 1, 0, 1], "2": [0, 0, 1, 0]}}


def test_lonely_files_and_shared_stems(tmp_path):
    audit = Audit()
    put(tmp_path / "JPEGImages/b.jpg")
    put(tmp_path / "JPEGImages/a.png")
    put(tmp_path / "SegmentationClass/c.png")
    assert list(rows(index_masks(tmp_path, {"a": [0, 1]}, audit=audit), width=2)) == ["a.jpg"]
    assert findings(audit) == [
        ("ambiguous-stem", "JPEGImages/a.png"),
        ("image-without-mask", "JPEGImages/b.jpg"),
        ("mask-without-image", "SegmentationClass/c.png"),
    ]


@pytest.mark.parametrize(
    ("row", "width", "kind", "words"),
    [
        ([0, 1, 7, 0], 4, "unknown-class-value", "value 7, but the last class is 1"),
        ([0, 1, 1, 0], 5, "mask-of-other-size", r"5 x 1 .* SegmentationClass/a\.png 4 x 1"),
        (None, 4, "unreadable-mask", "a.png is empty"),
    ],
)
def test_rejected_masks(tmp_path, row, width, kind, words):
    opened = index_masks(tmp_path, {"a": row or [0, 1]}, b"back\npit\n")
    if row is None:
        (tmp_path / "SegmentationClass/a.png").write_bytes(b"")
    (image,) = opened.images
    with pytest.raises(RejectedImageError, match=words) as caught:
        image.labels(1, width)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (b"back", "at least one class"),
        (b"", "at least one class"),
        (b"back\npit\npit", "line 3: 'pit' stands there twice"),
        (b"back\n\npit", "line 2: the line is empty"),
        (b"\xff\xfe", "no UTF-8"),
    ],
)
def test_wrong_names(tmp_path, names, message):
    with pytest.raises(InputError, match=message):
        index_masks(tmp_path, {"a": [0, 1]}, names)
