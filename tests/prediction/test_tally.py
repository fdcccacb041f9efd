import json
from pathlib import Path

import pytest
from auxnet_cli.prediction.tally import Tally

from auxnet_cli.errors import AuxnetError
from auxnet_cli.prediction.image_result import Outcome
from auxnet_cli.prediction.writers import Output


@pytest.fixture
def output(tmp_path):
    with Output.hold(tmp_path / "out") as output:
        yield output


def outcome(lines, path, verdict="good", **options):
    def put(files):
        lines.append(json.dumps({"path": path, "files": files}) + "\n")
        return []

    puts = {"overlay": lambda _: [f"overlays/{path}"], "csv": lambda _: [], "jsonl": put}
    return Outcome(Path(path), puts, verdict, **options)


def test_counts_and_files(output):
    lines, tally = output.lines("predictions.jsonl"), Tally(output)
    tally.add(outcome(lines, "a", seconds=0.5))
    tally.add(outcome(lines, "b", "defective", seconds=0.1))
    tally.add(outcome(lines, "c\udce9", None, error="It is empty."))
    tally.add(outcome(lines, "d", "defective", seconds=0.2))
    assert tally.document() == {
        "images": 4,
        "defective": 2,
        "good": 1,
        "unreadable": 1,
        "errors": [{"path": "c\\udce9", "error": "It is empty."}],
        "seconds_per_image": 0.2,
    }
    assert (tally.inspected, tally.images) == (3, 4)
    text = (output.unfinished / "predictions.jsonl").read_text().splitlines()
    assert json.loads(text[0]) == {"path": "a", "files": {"overlay": ["overlays/a"]}}


def test_strict_writes_no_line_of_the_image_that_stops_it(output):
    lines, tally = output.lines("predictions.jsonl"), Tally(output, strict=True)
    tally.add(outcome(lines, "a"))
    with pytest.raises(AuxnetError, match=r"It is empty\. Nothing after it.*as --strict asks"):
        tally.add(outcome(lines, "b", None, error="It is empty."))
    assert (output.unfinished / "predictions.jsonl").read_text().count("\n") == 1
    assert (tally.images, tally.errors) == (1, [])
