import json
import os
import sys
from pathlib import Path

import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.inference.inputs import read_inputs


@pytest.fixture
def photos(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = (
        "b.png",
        "a.JPG",
        "sub/c.tif",
        "sub/notes.txt",
        ".hidden.png",
        ".cache/d.png",
        "[1].png",
    )
    for name in names:
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return Path("photos")


def find_images(inputs):
    return read_inputs(inputs).paths


def names(paths):
    return [path.as_posix() for path in paths]


def test_folder_with_sub_folders(photos):
    expected = ["photos/[1].png", "photos/a.JPG", "photos/b.png", "photos/sub/c.tif"]
    assert names(find_images([photos])) == expected


def test_each_image_once_in_the_order_given(photos):
    found = find_images(["photos/b.png", photos, "photos/../photos/b.png"])
    assert names(found)[0] == "photos/b.png"
    assert len(found) == 4


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("photos/*.png", ["photos/[1].png", "photos/b.png"]),
        ("photos/**/*.tif", ["photos/sub/c.tif"]),
        ("photos/s*", ["photos/sub/c.tif"]),
        ("photos/[1].png", ["photos/[1].png"]),
        ("photos/[ab].*", ["photos/a.JPG", "photos/b.png"]),
    ],
)
def test_patterns(photos, pattern, expected):
    assert names(find_images([pattern])) == expected


def test_a_named_file_is_taken_whatever_its_suffix(photos):
    assert names(find_images(["photos/sub/notes.txt"])) == ["photos/sub/notes.txt"]


def test_pictures_of_an_earlier_prediction_are_no_input(photos):
    for name in ("overlays/b.jpg", "masks/b_pit.png", "masks/mine.png"):
        (photos / name).parent.mkdir(exist_ok=True)
        (photos / name).touch()
    made = {"overlay": ["overlays/b.jpg"], "mask": ["masks/b_pit.png"]}
    (photos / "predictions.jsonl").write_text(json.dumps({"path": "b.png", "files": made}))
    expected = [*names(find_images([photos / "sub", "photos/*.*"])), "photos/masks/mine.png"]
    assert sorted(names(find_images([photos]))) == sorted(expected)
    assert sorted(names(find_images(["photos/**/*.*"]))) == sorted(expected)
    assert names(find_images(["photos/b.png", "photos/overlays/b.jpg"])) == ["photos/b.png"]
    for given in ("photos/overlays", "photos/overlays/b.jpg", "photos/over*"):
        with pytest.raises(InputError, match="no image but what auxnet wrote itself"):
            find_images([given])


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_each_link_that_leads_nowhere_counts(photos):
    for name in ("x.png", "y.png"):
        (photos / "sub" / name).symlink_to("absent.png")
    (photos / "sub/same.tif").symlink_to("c.tif")
    expected = ["c.tif", "x.png", "y.png"]
    assert [path.name for path in find_images([photos / "sub"])] == expected


def test_images_that_no_folder_is_searched_for_are_said(photos):
    for name in ("e.HEIC", "sub/f.jp2", "sub/g.jp2", ".h.gif"):
        (photos / name).touch()
    (caution,) = read_inputs([photos]).cautions
    assert caution.startswith(
        "Not inspected: 3 files ending in .heic, .jp2, such as photos/e.HEIC."
    )
    assert read_inputs([photos / "b.png"]).cautions == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_to_a_folder_is_said_unless_it_leads_to_what_is_looked_at(photos):
    (photos / "again").symlink_to("sub")
    assert read_inputs([photos]).cautions == []
    Path("elsewhere").mkdir()
    Path("elsewhere/e.png").touch()
    (photos / "far").symlink_to("../elsewhere")
    (caution,) = read_inputs([photos]).cautions
    assert caution.startswith("photos/far is a link to a folder and was not looked into: name it")
    both = read_inputs([photos, "photos/far"])
    assert both.cautions == []
    assert Path("photos/far/e.png") in both.paths


@pytest.mark.skipif(
    sys.platform == "win32" or getattr(os, "geteuid", lambda: 1)() == 0,
    reason="the user may read everything",
)
def test_a_folder_that_cannot_be_read_is_named(photos):
    (photos / "sub").chmod(0)
    try:
        found = read_inputs([photos])
    finally:
        (photos / "sub").chmod(0o700)
    assert found.paths[-1] == photos / "sub"
    assert "cannot be read: Permission denied" in found.unreadable[photos / "sub"]


def test_a_folder_that_fails_to_be_listed_is_named(photos, monkeypatch):
    scan = os.scandir

    def refuse(path):
        if str(path).endswith("sub"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = read_inputs([photos])
    assert found.unreadable == {
        photos / "sub": f"The folder {photos / 'sub'} cannot be read: Permission denied."
    }
    assert found.paths[-1] == photos / "sub"


def test_a_pattern_may_be_absolute(photos):
    found = read_inputs([f"{photos.absolute()}/**/*.png"])
    assert [path.name for path in found.paths] == ["[1].png", "b.png"]


def test_masks_among_the_images_are_named(photos):
    """As in a set of one folder for photographs and one for masks."""
    (photos / "annotations").mkdir()
    for name in ("b.png", "a.png", "other.png"):
        (photos / "annotations" / name).touch()
    (caution,) = read_inputs([photos]).cautions
    assert caution.startswith("Probable masks among the images: 2, such as")
    assert '"photos/*.' in caution.replace("\\", "/")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "Name at least one"),
        (["absent"], "no file or folder absent"),
        (["photos/*.gif"], "No image matches photos/\\*.gif"),
        (["empty"], "empty holds no image"),
    ],
)
def test_wrong_inputs(photos, given, says):
    Path("empty").mkdir()
    with pytest.raises(InputError, match=says):
        find_images(given)
