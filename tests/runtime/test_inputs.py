from pathlib import Path

import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.runtime.inputs import find_images


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
    for name in ("predictions.jsonl", "overlays/b.jpg", "masks/b_pit.png"):
        (photos / name).parent.mkdir(exist_ok=True)
        (photos / name).touch()
    assert len(find_images([photos])) == 4
    assert len(find_images(["photos/overlays"])) == 1


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
