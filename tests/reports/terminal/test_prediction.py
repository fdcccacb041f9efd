import pytest

from auxnet_cli.documents.prediction import PredictionSummary
from auxnet_cli.reports.terminal.prediction import prediction_table
from tests.reports.reading import printed


@pytest.fixture
def summary(tmp_path):
    (tmp_path / "overlays").mkdir()
    (tmp_path / "predictions.jsonl").touch()
    return {
        "out": str(tmp_path),
        "model": "runs/first",
        "model_sha256": "ab",
        "images": 9,
        "defective": 2,
        "good": 0,
        "unreadable": 7,
        "errors": [{"path": f"{n}.png", "error": f"[{n}].png is empty."} for n in range(7)],
        "seconds_per_image": 0.2345,
        "formats": ["overlay", "mask", "jsonl"],
        "cautions": [],
    }


def shown(summary):
    return printed(prediction_table(PredictionSummary(**summary)), 300)


def test_counts_time_and_what_was_written(summary, tmp_path):
    text = shown(summary)
    words = [line.split() for line in text.splitlines()]
    for row in (["images", "9"], ["defective", "2"], ["unreadable", "7"], ["s/image", "0.234"]):
        assert row in words
    assert f"{tmp_path / 'predictions.jsonl'}\n" in text.replace(" ", "")
    assert str(tmp_path / "overlays") in text
    assert "masks" not in text  # none was found, so there is no such folder


def test_first_errors_are_shown_and_the_rest_counted(summary):
    text = shown(summary)
    assert "[4].png is empty." in text
    assert "[5].png" not in text
    assert "2 more unreadable" in text


def test_nothing_timed(summary):
    assert "s/image" not in shown({**summary, "seconds_per_image": None})
