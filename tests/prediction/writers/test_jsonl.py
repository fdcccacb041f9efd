import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.prediction.writers.jsonl import line, lines_writer


def test_line_of_a_defective_image(defective, card):
    document = line(defective, card).document()
    assert list(document) == [
        "path", "verdict", "scores", "boxes", "masks", "novelty", "seconds", "model_sha256",
    ]  # fmt: skip
    assert document["path"] == "photos/ä.png"
    assert document["verdict"] == "defective"
    assert document["scores"] == {"pit": 0.91, "rolled/in": 0.125}
    assert document["boxes"] == [
        {
            "class": "pit", "score": 0.8, "x": 3.0, "y": 2.0, "width": 3.0, "height": 2.0,
            "source": "fused",
        }
    ]  # fmt: skip
    assert document["seconds"] == 0.12346
    assert document["model_sha256"] == "ab" * 32
    for label, name in enumerate(card.classes):
        assert document["masks"][name]["size"] == [10, 12]
        mask = decode(document["masks"][name], *defective.inspection.masks.shape[:2])
        assert np.array_equal(mask, defective.inspection.masks[:, :, label])


def test_a_task_that_the_model_lacks_is_null(bare, card):
    document = line(bare, card)
    assert (document.boxes, document.masks, document.seconds) == (None, None, None)
    assert document.verdict == "good"


def test_unreadable(unreadable, card):
    odd = replace(unreadable, path=Path("caf\udce9.png"))
    assert line(odd, card).document() == {"path": "caf\\udce9.png", "error": "c.png is empty."}


def test_file_holds_a_line_an_image(output, defective, unreadable, card):
    path = output.unfinished / "predictions.jsonl"
    with lines_writer(output, card) as render:
        put = render(defective, "ä"), render(unreadable, "c")
        assert not put[0]({"overlay": ["overlays/ä.jpg"]})
        assert path.read_bytes().count(b"\n") == 1
        assert not put[1]({})
    text = path.read_bytes().decode()
    assert text.count("\n") == 2
    assert "ä" in text
    first, second = map(json.loads, text.splitlines())
    assert (first["path"], second["path"]) == ("photos/ä.png", "c.png")
    assert first["files"] == {"overlay": ["overlays/ä.jpg"]}
    assert list(first)[-1] == "files"
    assert "files" not in second
