import codecs
import csv
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from auxnet_cli.prediction.writers.csv_table import table_writer


def write(output, card, *results):
    with table_writer(output, card) as render:
        for result in results:
            assert not render(result, "stem")({})
    path = output.unfinished / "predictions.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return path, list(csv.DictReader(stream))


def test_table(output, defective, bare, unreadable, card):
    path, rows = write(output, card, defective, bare, unreadable)
    assert path.read_bytes().startswith(codecs.BOM_UTF8 + b"path,")
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


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_what_a_spreadsheet_would_compute_is_text(output, unreadable, card, first):
    text = f'{first}HYPERLINK("http://x")'
    _, (row,) = write(output, card, replace(unreadable, path=Path(text), error=text))
    assert row["path"] == f"'{Path(text).as_posix()}"
    assert row["error"] == f"'{text}"


def test_names_that_are_formulas_or_no_text(output, unreadable):
    card = SimpleNamespace(classes=("=a", "b"))
    _, (row,) = write(output, card, replace(unreadable, path=Path("caf\udce9.png")))
    assert [name for name in row if name[0] in "=+-@"] == []
    assert row["path"] == "caf\\udce9.png"
