import json
import os
from pathlib import Path

import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.masks.pairing import images_below, named_like_masks, pair


def touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return root


def pairs(root, audit=None):
    return [
        (image.relative_to(root).as_posix(), mask and mask.relative_to(root).as_posix())
        for image, mask in pair(root, root, audit or Audit())
    ]


@pytest.mark.parametrize("name", ["masks", "SegmentationClass", "labels", "GT", "ground_truth"])
def test_folders_of_masks(name):
    assert named_like_masks(name)
    assert not named_like_masks("JPEGImages")


def test_hidden_files_and_folders_are_left_out(tmp_path):
    touch(tmp_path, "b.png", "x/a.jpg", ".cache/a.png", "x/.a.png", "notes.txt")
    assert [path.name for path in images_below(tmp_path)] == ["b.png", "a.jpg"]


def test_what_auxnet_wrote_is_left_out(tmp_path):
    touch(tmp_path, "a.png", "overlays/a.jpg", "masks/a.png", "masks/a_pit.png", "curves.png")
    touch(tmp_path, "out/unfinished/overlays/a.jpg", "out/unfinished/lock", "history.jsonl")
    files = {"overlay": ["overlays/a.jpg"], "mask": ["masks/a_pit.png"]}
    (tmp_path / "predictions.jsonl").write_text(json.dumps({"path": "a.png", "files": files}))
    for root in (tmp_path, Path(os.path.relpath(tmp_path))):
        found = [path.relative_to(root).as_posix() for path in images_below(root)]
        assert found == ["a.png", "masks/a.png"]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_that_lead_nowhere_are_files_that_cannot_be_read(tmp_path):
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "gone.png").symlink_to("nowhere")
    (tmp_path / "folder.png").symlink_to(".")
    assert [path.name for path in images_below(tmp_path)] == ["gone.png", "loop.png"]


def test_mask_beside_its_image(tmp_path):
    audit = Audit()
    touch(tmp_path, "Imgs/a.jpg", "Imgs/a.png", "Imgs/b.bmp", "Imgs/b.png", "c.jpg", "d.png")
    assert pairs(tmp_path, audit) == [
        ("Imgs/a.jpg", "Imgs/a.png"),
        ("Imgs/b.bmp", "Imgs/b.png"),
        ("c.jpg", None),
    ]
    assert [(finding.kind, finding.file) for finding in audit.findings] == [
        ("mask-without-image", "d.png")
    ]


def test_masks_in_a_folder_of_their_own(tmp_path):
    audit = Audit()
    touch(tmp_path, "images/a.png", "masks/a.png", "images/b.png", "masks/c.png")
    assert pairs(tmp_path, audit) == [("images/a.png", "masks/a.png"), ("images/b.png", None)]
    assert audit.counts() == {"mask-without-image": 1}


def test_png_images_without_any_mask_are_images(tmp_path):
    assert pairs(touch(tmp_path, "a.png", "b.png")) == [("a.png", None), ("b.png", None)]


def test_one_stem_too_often(tmp_path):
    audit = Audit()
    assert pairs(touch(tmp_path, "a.jpg", "a.bmp", "a.png", "b.jpg", "b.bmp"), audit) == []
    assert audit.counts() == {"ambiguous-stem": 5}
