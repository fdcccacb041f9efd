import json

import pytest

from auxnet_cli.prediction_files import (
    FORMATS,
    WrittenPictures,
    is_unfinished,
    listed_pictures,
    parts,
    writing_order,
)


def test_every_format_has_a_writer():
    for entry in FORMATS.values():
        assert callable(entry.load())


def test_the_list_comes_last_whatever_is_registered(monkeypatch):
    monkeypatch.delitem(FORMATS, "csv")
    monkeypatch.setitem(FORMATS, "late", FORMATS["overlay"])
    assert [entry.name for entry in writing_order({"mask", "overlay"})][-1] == "jsonl"


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
        (parts(), True),
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
    assert (tmp_path / "unfinished" / "overlays" / "a.jpg" in WrittenPictures()) == expected
    assert not is_unfinished(tmp_path / "other")
    assert not is_unfinished(tmp_path / "absent" / "unfinished")


@pytest.mark.parametrize(
    "place", ["predictions.jsonl", "unfinished/complete.jsonl", "unfinished/earlier.jsonl"]
)
def test_pictures_that_a_list_names(tmp_path, place):
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text(json.dumps({"files": {"overlay": ["overlays/a.jpg"]}}) + "\n")
    written = WrittenPictures()
    assert tmp_path / "overlays" / "a.jpg" in written
    for name in ("overlays/mine.jpg", "a.jpg", "masks/a.jpg"):
        assert tmp_path / name not in written


def test_charts_of_runs(tmp_path):
    chart = tmp_path / "curves.png"
    assert chart not in WrittenPictures()
    (tmp_path / "history.jsonl").touch()
    assert chart in WrittenPictures()
    assert tmp_path / "range_test.png" not in WrittenPictures()
