import json

import pytest
from auxnet_cli.own_files import (
    PARTS,
    WrittenPictures,
    is_unfinished,
    listed_pictures,
)


def write_list(path, *files):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps({"files": made}) + "\n" for made in files))


def test_only_its_own_pictures_are_named(tmp_path):
    rows = [
        {"path": "a", "files": {"overlay": ["overlays/a.jpg"], "mask": ["masks/a_pit.png"]}},
        {
            "path": "b",
            "files": {"mask": ["../outside.png", "masks/..", "/etc/passwd", "other/x.png"]},
        },
        {"path": "c", "error": "unreadable"},
    ]
    odd = ["no JSON", "[1]", '{"files": 3}', "[" * 100_000, '{"files": {"overlay": "ab"}}']
    (tmp_path / "list").write_text("\n".join([*map(json.dumps, rows), *odd]))
    assert listed_pictures(tmp_path / "list") == {"overlays/a.jpg", "masks/a_pit.png"}


def test_a_list_that_is_missing_or_no_text_names_nothing(tmp_path):
    assert listed_pictures(tmp_path / "absent") == set()
    assert listed_pictures(tmp_path) == set()
    (tmp_path / "list").write_bytes(b"\xff\xfe\0")
    assert listed_pictures(tmp_path / "list") == set()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"lock"}, True),
        (PARTS, True),
        (set(), False),
        ({"predictions.jsonl", "overlays"}, False),
        ({"lock", "holiday.jpg"}, False),
    ],
)
def test_an_unfinished_prediction_is_known_by_its_lock(tmp_path, names, expected):
    for folder in ("unfinished", "other"):
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).touch()
    assert is_unfinished(tmp_path / "unfinished") == expected
    assert not is_unfinished(tmp_path / "other")
    assert not is_unfinished(tmp_path / "absent" / "unfinished")


@pytest.mark.parametrize(
    "place", ["predictions.jsonl", "unfinished/complete.jsonl", "unfinished/earlier.jsonl"]
)
def test_pictures_that_a_list_names(tmp_path, place):
    write_list(tmp_path / place, {"overlay": ["overlays/a.jpg"]})
    written = WrittenPictures()
    assert tmp_path / "overlays" / "a.jpg" in written
    assert tmp_path / "overlays" / "mine.jpg" not in written
    assert tmp_path / "a.jpg" not in written
    assert tmp_path / "masks" / "a.jpg" not in written


def test_all_pictures_of_an_unfinished_prediction(tmp_path):
    work = tmp_path / "unfinished"
    work.mkdir()
    assert work / "overlays" / "a.jpg" not in WrittenPictures()
    (work / "lock").touch()
    assert work / "overlays" / "a.jpg" in WrittenPictures()


def test_charts_of_runs(tmp_path):
    chart = tmp_path / "curves.png"
    assert chart not in WrittenPictures()
    (tmp_path / "history.jsonl").touch()
    assert chart in WrittenPictures()
    assert tmp_path / "range_test.png" not in WrittenPictures()
