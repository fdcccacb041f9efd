import json
import os
from pathlib import Path

import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.source_folder import (
    SourceFolder,
    images_below,
    named_like_masks,
)
from auxnet_cli.errors import InputError
from tests.data.source_builders import put

links = pytest.mark.skipif(os.name == "nt", reason="links need rights there")


def touch(root, *names):
    for name in names:
        put(root / name)
    return root


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
        names = [path.relative_to(root).as_posix() for path in images_below(root)]
        assert names == ["a.png", "masks/a.png"]


@links
def test_links_that_lead_nowhere_are_files_that_cannot_be_read(tmp_path):
    (tmp_path / "loop.png").symlink_to("loop.png")
    (tmp_path / "gone.png").symlink_to("nowhere")
    (tmp_path / "folder.png").symlink_to(".")
    assert [path.name for path in images_below(tmp_path)] == ["gone.png", "loop.png"]


@links
def test_files_without_hidden_ones_and_links_out(tmp_path):
    root = touch(tmp_path / "in", "b.xml", "x/a.XML", ".hidden/c.xml", "d.txt", "folder.xml/e.txt")
    outside = touch(tmp_path / "outside", "a.xml")
    (root / "link.xml").symlink_to(outside / "a.xml")
    (root / "inner.xml").symlink_to(root / "b.xml")
    (root / "deep").symlink_to(outside)
    folder = SourceFolder(root, Audit())
    assert [folder.below(path) for path in folder.files(".xml")] == [
        "b.xml",
        "inner.xml",
        "x/a.XML",
    ]
    assert not folder.is_usable(root / "deep")
    assert not folder.is_usable(root / "deep/a.xml")
    action = "skipped; copy it instead"
    assert [(finding.kind, finding.file, finding.action) for finding in folder.audit.findings] == [
        ("link-out-of-source", "link.xml", f"file {action}"),
        ("link-out-of-source", "deep", f"folder {action}"),
        ("link-out-of-source", "deep/a.xml", f"file {action}"),
    ]


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_that_are_no_text(tmp_path):
    folder = SourceFolder(tmp_path, Audit())
    assert not folder.is_usable(tmp_path / os.fsdecode(b"\xff.png"))
    (finding,) = folder.audit.findings
    finding.file.encode()  # the audit will be written as UTF-8
    assert (finding.kind, finding.file) == ("unreadable-name", "\\udcff.png")


def test_no_folder(tmp_path):
    with pytest.raises(InputError, match="Name the folder to read: `auxnet prepare voc FOLDER`"):
        SourceFolder.open(None, "voc", Audit())
    with pytest.raises(InputError, match="There is no folder"):
        SourceFolder.open(tmp_path / "none", "voc", Audit())
