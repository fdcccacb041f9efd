"""Kills at each of its steps: see tests/jobs/test_predict_killed.py."""

import json

from auxnet_cli.prediction.takeover import clear, take_over


def put(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)


def put_list(path, *pictures):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"files": {"overlay": pictures}}) + "\n")


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_table_of_somebody_else_is_removed_by_nobody(tmp_path):
    put(tmp_path, "predictions.csv")
    put_list(tmp_path / "unfinished" / "complete.jsonl")
    take_over(tmp_path)
    assert set(content(tmp_path)) == {"predictions.csv", "predictions.jsonl"}


def test_the_table_goes_where_the_new_prediction_has_none(tmp_path):
    put(tmp_path, "predictions.csv")
    put_list(tmp_path / "predictions.jsonl")
    put_list(tmp_path / "unfinished" / "complete.jsonl")
    take_over(tmp_path)
    assert set(content(tmp_path)) == {"predictions.jsonl"}


def test_pictures_of_one_name_are_replaced(tmp_path):
    put(tmp_path, "overlays/a.jpg", "unfinished/overlays/a.jpg", "unfinished/predictions.csv")
    put_list(tmp_path / "predictions.jsonl", "overlays/a.jpg")
    put_list(tmp_path / "unfinished" / "complete.jsonl", "overlays/a.jpg")
    take_over(tmp_path)
    found = content(tmp_path)
    assert found["overlays/a.jpg"] == "unfinished/overlays/a.jpg"
    assert set(found) == {"overlays/a.jpg", "predictions.csv", "predictions.jsonl"}


def test_clear_leaves_the_lock(tmp_path):
    put(tmp_path, "lock", "predictions.jsonl", "complete.jsonl", "overlays/a.jpg", "masks/a.png")
    clear(tmp_path)
    assert set(content(tmp_path)) == {"lock"}
