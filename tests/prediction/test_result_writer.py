import json
from pathlib import Path

import pytest

from auxnet_cli.documents.prediction import UnreadableImage
from auxnet_cli.errors import AuxnetError
from auxnet_cli.prediction.output import Output
from auxnet_cli.prediction.result_writer import RenderedImage, ResultWriter


@pytest.fixture
def output(tmp_path):
    with Output.hold(tmp_path / "out") as output:
        yield output


def rendered(lines, path, verdict="good", **options):
    def put(files):
        lines.append(json.dumps({"path": path, "files": files}) + "\n")
        return []

    puts = {"overlay": lambda _: [f"overlays/{path}"], "csv": lambda _: [], "jsonl": put}
    return RenderedImage(Path(path), puts, verdict, **options)


def test_counts_and_files(output):
    lines, writer = output.lines("predictions.jsonl"), ResultWriter(output)
    assert writer.seconds_per_image is None
    writer.write(rendered(lines, "a", seconds=0.5))
    writer.write(rendered(lines, "b", "defective", seconds=0.1))
    writer.write(rendered(lines, "c\udce9", None, error="It is empty."))
    writer.write(rendered(lines, "d", "defective", seconds=0.2))
    assert writer.verdicts == {"good": 1, "defective": 2}
    assert writer.errors == [UnreadableImage(path="c\\udce9", error="It is empty.")]
    assert (writer.inspected, writer.images, writer.seconds_per_image) == (3, 4, 0.2)
    text = (output.unfinished / "predictions.jsonl").read_text().splitlines()
    assert json.loads(text[0]) == {"path": "a", "files": {"overlay": ["overlays/a"]}}


def test_strict_writes_no_line_of_the_image_that_stops_it(output):
    lines, writer = output.lines("predictions.jsonl"), ResultWriter(output, strict=True)
    writer.write(rendered(lines, "a"))
    with pytest.raises(AuxnetError, match=r"It is empty\. Nothing after it.*as `strict` asks"):
        writer.write(rendered(lines, "b", None, error="It is empty."))
    assert (output.unfinished / "predictions.jsonl").read_text().count("\n") == 1
    assert (writer.images, writer.errors) == (1, [])
