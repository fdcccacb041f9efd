import json

from auxnet_cli.reports.writers.earlier import written_before


def test_nothing_there(tmp_path):
    assert written_before(tmp_path) == set()
    assert written_before(tmp_path / "absent") == set()


def test_only_its_own_files_are_named(tmp_path):
    rows = [
        {"path": "a", "files": {"overlay": ["overlays/a.jpg"], "mask": ["masks/a_pit.png"]}},
        {
            "path": "b",
            "files": {"mask": ["../outside.png", "masks/..", "/etc/passwd", "other/x.png"]},
        },
        {"path": "c", "error": "unreadable"},
    ]
    text = "\n".join([*map(json.dumps, rows), "no JSON", "[1]", '{"files": 3}'])
    (tmp_path / "predictions.jsonl").write_text(text)
    assert written_before(tmp_path) == {"overlays/a.jpg", "masks/a_pit.png", "predictions.csv"}
