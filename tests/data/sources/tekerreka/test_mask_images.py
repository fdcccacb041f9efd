import cv2
import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import RejectedImageError, Request
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.tekerreka.mask_images import pair_masks, read


def put(path, pixels=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    content = np.zeros((4, 5), np.uint8) if pixels is None else pixels
    path.write_bytes(cv2.imencode(".png", content)[1].tobytes())


def pairs(root, *names):
    for name in names:
        put(root / name)
    audit = Audit()
    found = pair_masks(ImageTree(root, audit), audit)
    return {
        image.relative_to(root).as_posix(): mask.relative_to(root).as_posix()
        for image, mask in found.items()
    }, audit


def test_masks_beside_and_in_folders(tmp_path):
    found, audit = pairs(
        tmp_path,
        *("a/1.jpg", "a/1_mask.png"),
        *("a/2.png", "a/masks/2.png"),
        *("b/images/3.tif", "b/masks/3.png"),
        *("c/4.jpg", "masks/c/4_mask.png"),
        *("d/5.jpg", "Masks/d/5.png"),
        "e/6.jpg",
    )
    assert found == {
        "a/1.jpg": "a/1_mask.png",
        "a/2.png": "a/masks/2.png",
        "b/images/3.tif": "b/masks/3.png",
        "c/4.jpg": "masks/c/4_mask.png",
        "d/5.jpg": "Masks/d/5.png",
    }
    assert audit.findings == []


def test_masks_that_belong_to_nothing_or_to_several(tmp_path):
    found, audit = pairs(
        tmp_path, "a.jpg", "a.bmp", "a_mask.png", "b_mask.png", "c.jpg", "c_mask.png", "masks/c.png"
    )
    assert found == {}
    assert [finding.file for finding in audit.of("mask-without-image")] == ["b_mask.png"]
    assert {finding.file for finding in audit.of("ambiguous-stem")} == {
        "a_mask.png",
        "c_mask.png",
        "masks/c.png",
    }


def test_labels(tmp_path):
    mask = np.zeros((4, 5), np.uint8)
    mask[1, 2:4] = 255
    mask[2, 2] = 90
    put(tmp_path / "x/1.png")
    put(tmp_path / "x/1_mask.png", mask)
    put(tmp_path / "negative/2.png")
    audit = Audit()
    source = read(Request(tmp_path), audit)
    assert source.classes == ("defect",)
    good, cracked = source.images
    assert (good.file, list(good.labels(4, 5))) == ("negative/2.png", [])
    [(name, shown)] = cracked.labels(4, 5)
    assert name == "defect"
    assert np.array_equal(shown, mask > 127)
    assert audit.counts() == {"soft-mask": 1}
    with pytest.raises(RejectedImageError, match=r"its mask x/1_mask\.png 5 x 4"):
        cracked.labels(5, 4)
