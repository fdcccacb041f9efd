from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.matching import by_key, common_folder, match
from auxnet_cli.data.sources.files.source_folder import SourceFolder
from tests.data.source_builders import findings

ROOT = Path("r")


def keyed(*names, audit=None):
    paths, folder = [ROOT / name for name in names], SourceFolder(ROOT, audit or Audit())
    return by_key(paths, folder, ROOT, lambda name: name in ("images", "labels"))


def matched(images, files):
    pairs = match(keyed(*images), keyed(*files))
    return {image.as_posix()[2:]: file.as_posix()[2:] for image, file in pairs.items()}


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
    assert findings(audit) == [("ambiguous-stem", "images/a.png")]


def test_common_folder():
    paths = [ROOT / "d/i/a.png", ROOT / "d/i/x/b.png"]
    assert common_folder(paths, ROOT) == ROOT / "d/i"
    assert common_folder([*paths, ROOT / "d/j/c.png"], ROOT) == ROOT / "d"
    assert common_folder([], ROOT) == ROOT
