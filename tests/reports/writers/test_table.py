import csv

from auxnet_cli.reports.writers.table import table_writer


def test_table(tmp_path, found, bare, unreadable, model):
    with table_writer(tmp_path, model) as render:
        for result in (found, bare, unreadable):
            assert render(result)({}) == []
    with (tmp_path / "predictions.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert rows[0] == {
        "path": "photos/ä.png",
        "verdict": "defective",
        "score_pit": "0.91000",
        "score_rolled/in": "0.12500",
        "boxes": "1",
        "mask_px_pit": "6",
        "mask_px_rolled/in": "1",
        "seconds": "0.12346",
        "error": "",
    }
    assert rows[1]["verdict"] == "good"
    assert rows[1]["boxes"] == rows[1]["mask_px_pit"] == rows[1]["seconds"] == ""
    assert rows[2] == {**dict.fromkeys(rows[0], ""), "path": "c.png", "error": "c.png is empty."}
