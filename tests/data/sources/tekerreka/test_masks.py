import numpy as np
import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.source import RejectedImageError, Request
from auxnet_cli.data.sources.tekerreka.masks import find_masks, read
from tests.data.source_builders import put


def pairs(root, *names):
    for name in names:
        put(root / name)
    tree = ImageTree(root, Audit())
    masks = find_masks(tree)
    return {tree.below(image): tree.below(mask) for image, mask in masks.items()}, tree.audit


def test_masks_beside_and_in_folders(tmp_path):
    expected = {
        "a/1.jpg": "a/1_mask.png",
        "a/2.png": "a/masks/2.png",
        "b/images/3.tif": "b/masks/3.png",
        "c/4.jpg": "masks/c/4_mask.png",
        "d/5.jpg": "Masks/d/5.png",
    }
    paired, audit = pairs(tmp_path, *expected, *expected.values(), "e/6.jpg")
    assert paired == expected
    assert audit.findings == []


def test_masks_that_belong_to_nothing_or_to_several(tmp_path):
    ambiguous = ["a_mask.png", "c_mask.png", "masks/c.png"]
    paired, audit = pairs(tmp_path, "a.jpg", "a.bmp", "c.jpg", *ambiguous, "b_mask.png")
    assert paired == {}
    assert [finding.file for finding in audit.of("mask-without-image")] == ["b_mask.png"]
    assert sorted(finding.file for finding in audit.of("ambiguous-stem")) == ambiguous


def test_labels(tmp_path):
    mask = np.zeros((4, 5), np.uint8)
    mask[1, 2:4] = 255
    mask[2, 2] = 90
    put(tmp_path / "x/1.png", mask)
    put(tmp_path / "x/1_mask.png", mask)
    put(tmp_path / "negative/2.png", mask)
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
