import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.source_folder import SourceFolder
from auxnet_cli.data.sources.masks.class_folders import class_names, pair_files
from auxnet_cli.data.sources.masks.pixels import binarise
from auxnet_cli.data.sources.masks.reader import read
from auxnet_cli.data.sources.source import Canvas, RejectedImageError, Request
from auxnet_cli.errors import InputError
from tests.data.source_builders import findings, put

EMPTY = np.zeros((4, 5), np.uint8)


def spot(value=255):
    mask = EMPTY.copy()
    mask[1:3, 2] = value
    return mask


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
    assert findings(audit) == [("soft-mask", "MT_Hole/Imgs/b.jpg")]


def test_masks_that_contradict_their_folder(tiles):
    put(tiles / "MT_Crack/Imgs/a.png", spot(127))
    put(tiles / "MT_Free/Imgs/c.png", spot())
    kinds = outcomes(tiles)
    assert kinds["MT_Crack/Imgs/a.jpg"] == kinds["MT_Free/Imgs/c.jpg"] == "label-conflict"


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
    assert findings(audit) == [("image-without-mask", "MT_Crack/Imgs/d.jpg")]


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


@pytest.mark.parametrize(
    ("names", "pairs", "noted"),
    [
        (
            ["Imgs/a.jpg", "Imgs/a.png", "Imgs/b.bmp", "Imgs/b.png", "c.jpg", "d.png"],
            {"Imgs/a.jpg": "Imgs/a.png", "Imgs/b.bmp": "Imgs/b.png", "c.jpg": None},
            [("mask-without-image", "d.png")],
        ),
        (
            ["images/a.png", "masks/a.png", "images/b.png", "masks/c.png"],
            {"images/a.png": "masks/a.png", "images/b.png": None},
            [("mask-without-image", "masks/c.png")],
        ),
        (["a.png", "b.png"], {"a.png": None, "b.png": None}, []),
        (["a.jpg", "a.bmp", "b.png"], {"b.png": None}, ["a.bmp", "a.jpg"]),
        (["a.jpg", "a.bmp", "a.png"], {}, ["a.bmp", "a.jpg", "a.png"]),
    ],
)
def test_masks_beside_their_images_or_in_their_folder(tmp_path, names, pairs, noted):
    for name in names:
        put(tmp_path / name)
    folder = SourceFolder(tmp_path, Audit())
    assert {
        folder.below(image): mask and folder.below(mask)
        for image, mask in pair_files(tmp_path, folder)
    } == pairs
    expected = [("ambiguous-stem", item) if isinstance(item, str) else item for item in noted]
    assert findings(folder.audit) == expected


@pytest.mark.parametrize(
    ("row", "kind", "defective", "findings"),
    [
        ([0, 127, 128, 255], np.uint8, [0, 0, 1, 1], {"soft-mask": 1}),
        ([0, 32767, 32768], np.uint16, [0, 0, 1], {"soft-mask": 1}),
        ([0, 255], np.uint8, [0, 1], {}),
        ([0, 1], np.uint8, [0, 1], {"mask-of-0-and-1": 1}),
    ],
)
def test_defective_above_half_of_the_range(row, kind, defective, findings):
    canvas = Canvas("a", 1, len(row), Audit())
    assert binarise(np.array([row], kind), canvas).astype(int).tolist() == [defective]
    assert canvas.audit.counts() == findings
