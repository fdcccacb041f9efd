import cv2
import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import RejectedImageError, Request
from auxnet_cli.data.sources.masks.class_folders import binarise, class_names
from auxnet_cli.data.sources.masks.reader import read
from auxnet_cli.errors import InputError

EMPTY = np.zeros((4, 5), np.uint8)


def spot(value=255):
    mask = EMPTY.copy()
    mask[1:3, 2] = value
    return mask


def put(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())


@pytest.fixture
def tiles(tmp_path):
    for name, mask in (("MT_Crack/Imgs/a", spot()), ("MT_Hole/Imgs/b", spot(200))):
        put(tmp_path / f"{name}.jpg", EMPTY)
        put(tmp_path / f"{name}.png", mask)
    put(tmp_path / "MT_Free/Imgs/c.jpg", EMPTY)
    return tmp_path


def outcome(image):
    try:
        return {name: int(mask.sum()) for name, mask in image.labels(4, 5)}
    except RejectedImageError as error:
        return error.kind


def outcomes(root, audit=None):
    opened = read(Request(root), audit or Audit())
    return {image.name: outcome(image) for image in opened.images}


def test_classes_and_masks(tiles):
    audit = Audit()
    opened = read(Request(tiles), audit)
    assert opened.classes == ("Crack", "Hole")
    assert opened.label_kind is None
    assert {image.file: outcome(image) for image in opened.images} == {
        "MT_Crack/Imgs/a.jpg": {"Crack": 2},
        "MT_Free/Imgs/c.jpg": {},
        "MT_Hole/Imgs/b.jpg": {"Hole": 2},
    }
    assert [(finding.kind, finding.file) for finding in audit.findings] == [
        ("soft-mask", "MT_Hole/Imgs/b.jpg")
    ]


def test_masks_that_contradict_their_folder(tiles):
    put(tiles / "MT_Crack/Imgs/a.png", spot(127))
    put(tiles / "MT_Free/Imgs/c.png", spot())
    found = outcomes(tiles)
    assert found["MT_Crack/Imgs/a.jpg"] == "label-conflict"
    assert found["MT_Free/Imgs/c.jpg"] == "label-conflict"


def test_good_image_with_an_empty_mask_is_good(tiles):
    put(tiles / "MT_Free/Imgs/c.png", EMPTY)
    assert outcomes(tiles)["MT_Free/Imgs/c.jpg"] == {}


def test_mask_missing_of_other_size_or_broken(tiles):
    audit = Audit()
    put(tiles / "MT_Crack/Imgs/d.jpg", EMPTY)
    put(tiles / "MT_Hole/Imgs/b.png", spot()[:3])
    (tiles / "MT_Crack/Imgs/a.png").write_bytes(b"no image")
    assert outcomes(tiles, audit) == {
        "MT_Crack/Imgs/a.jpg": "unreadable-mask",
        "MT_Free/Imgs/c.jpg": {},
        "MT_Hole/Imgs/b.jpg": "mask-of-other-size",
    }
    assert [(finding.kind, finding.file) for finding in audit.findings] == [
        ("image-without-mask", "MT_Crack/Imgs/d.jpg")
    ]


@pytest.mark.parametrize(
    ("folders", "names"),
    [
        (["MT_Break", "MT_Blowhole"], ["Break", "Blowhole"]),
        (["crack", "crater"], ["crack", "crater"]),
        (["MT_Break"], ["MT_Break"]),
        (["a_b", "a_b_c"], ["b", "b_c"]),
        (["bad", "bad-cut"], ["bad", "bad-cut"]),
        (["x_", "x_y"], ["x_", "x_y"]),
    ],
)
def test_common_prefix_goes(folders, names):
    assert class_names(folders) == names


@pytest.mark.parametrize("good", ["good", "OK", "Negative", "free"])
def test_only_good_parts(tmp_path, good):
    put(tmp_path / good / "a.png", EMPTY)
    with pytest.raises(InputError, match="only folders of good parts"):
        read(Request(tmp_path), Audit())


def test_no_folder_no_layout(tmp_path):
    with pytest.raises(InputError, match="auxnet prepare masks FOLDER"):
        read(Request(), Audit())
    with pytest.raises(InputError, match="There is no folder"):
        read(Request(tmp_path / "none"), Audit())
    put(tmp_path / "a.png", EMPTY)
    with pytest.raises(InputError, match="no sub-folder with images"):
        read(Request(tmp_path), Audit())


def test_binarise_above_half_of_the_range():
    audit = Audit()
    assert binarise(np.array([[0, 127, 128, 255]], np.uint8), "a", audit).tolist() == [
        [False, False, True, True]
    ]
    assert audit.findings[0].detail == "2 pixels between 0 and 255"
    assert binarise(np.array([[0, 32767, 32768]], np.uint16), "a", audit).tolist() == [
        [False, False, True]
    ]


def test_masks_of_0_and_1_are_taken_and_noted():
    audit = Audit()
    assert binarise(np.array([[0, 1]], np.uint8), "a", audit).tolist() == [[False, True]]
    assert audit.counts() == {"mask-of-0-and-1": 1}
