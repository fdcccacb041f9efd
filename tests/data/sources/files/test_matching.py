from pathlib import Path

import pytest

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.matching import by_key, common_folder, files_below, match

ROOT = Path("r")


def keyed(*names, audit=None):
    paths = [ROOT / name for name in names]
    return by_key(paths, ROOT, lambda folder: folder in ("images", "labels"), audit or Audit())


def matched(images, files):
    own, found = keyed(*images), keyed(*files)
    pairs = match(own, found)
    return {own[key].as_posix()[2:]: path.as_posix()[2:] for key, path in pairs.items()}


def test_by_path_without_the_layouts_folders():
    images = ["images/train/a.png", "images/val/a.png"]
    files = ["labels/train/a.txt", "labels/val/a.txt"]
    assert matched(images, files) == dict(zip(images, files, strict=True))


def test_by_a_stem_that_only_one_has():
    assert matched(["images/x/A.png"], ["labels/a.txt"]) == {"images/x/A.png": "labels/a.txt"}
    assert matched(["x/a.png", "y/a.png"], ["labels/a.txt"]) == {}
    assert matched(["z/a.png"], ["x/a.txt", "y/a.txt"]) == {}


def test_a_file_is_given_once():
    assert matched(["a.png", "x/a.png"], ["a.txt"]) == {"a.png": "a.txt"}


def test_files_of_one_key():
    audit = Audit()
    assert list(keyed("a.jpg", "images/a.png", audit=audit).values()) == [ROOT / "a.jpg"]
    assert [(f.kind, f.file) for f in audit.findings] == [("ambiguous-stem", "images/a.png")]


def test_common_folder():
    paths = [ROOT / "d/i/a.png", ROOT / "d/i/x/b.png"]
    assert common_folder(paths, ROOT) == ROOT / "d/i"
    assert common_folder([*paths, ROOT / "d/j/c.png"], ROOT) == ROOT / "d"
    assert common_folder([], ROOT) == ROOT


def test_files_below_without_hidden_ones_and_links_out(tmp_path):
    root = tmp_path / "in"
    for name in ("b.xml", "x/a.XML", ".hidden/c.xml", "d.txt", "folder.xml/e.txt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    (tmp_path / "out.xml").touch()
    try:
        (root / "link.xml").symlink_to(tmp_path / "out.xml")
    except OSError:
        pytest.skip("no links here")
    (root / "inner.xml").symlink_to(root / "b.xml")
    audit = Audit()
    found = [path.relative_to(root).as_posix() for path in files_below(root, ".xml", audit)]
    assert found == ["b.xml", "inner.xml", "x/a.XML"]
    assert [(f.kind, f.file) for f in audit.findings] == [("link-out-of-source", "link.xml")]
