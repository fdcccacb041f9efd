import os
import sys

import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.source_files import is_usable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs links")


def test_links_of_files_and_folders(tmp_path):
    root, outside = tmp_path / "source", tmp_path / "outside"
    for folder in (root, outside):
        folder.mkdir()
        (folder / "a.png").touch()
    (root / "deep").symlink_to(outside)
    (root / "b.png").symlink_to(root / "a.png")
    (root / "c.png").symlink_to(outside / "a.png")
    audit = Audit()
    names = ["a.png", "b.png", "c.png", "deep", "deep/a.png"]
    assert [is_usable(root / name, root, audit) for name in names] == [True] * 2 + [False] * 3
    assert [(found.kind, found.file, found.action) for found in audit.findings] == [
        ("link-out-of-source", "c.png", "file skipped; copy it instead"),
        ("link-out-of-source", "deep", "folder skipped; copy it instead"),
        ("link-out-of-source", "deep/a.png", "file skipped; copy it instead"),
    ]


def test_names_that_are_no_text(tmp_path):
    audit = Audit()
    path = tmp_path / os.fsdecode(b"\xff.png")
    assert not is_usable(path, tmp_path, audit)
    assert [(found.kind, found.file) for found in audit.findings] == [
        ("unreadable-name", "\\udcff.png")
    ]
