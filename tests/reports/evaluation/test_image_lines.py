import json

import numpy as np

from auxnet_cli.reports.evaluation.image_lines import image_lines
from auxnet_cli.scoring.evidence import Evidence


def test_heads_that_were_not_built_are_null():
    image = Evidence(
        name="läufer/1.png",
        group="läufer/0.png",
        labels=np.array([False, True]),
        stopped=False,
        scores=None,
        votes={"det": np.array([0.25, 1 / 3])},
        pixels=None,
        boxes=np.zeros((7, 6)),
        truth=np.zeros((2, 5)),
        flaws=(),
    )
    text = image_lines([image, image], ("pit", "crack"))
    first, second, end = text.split("\n")
    assert (first, end) == (second, "")
    assert "läufer" in first
    assert json.loads(first) == {
        "name": "läufer/1.png",
        "group": "läufer/0.png",
        "labels": ["crack"],
        "verdict": "good",
        "scores": None,
        "votes": {"det": {"pit": 0.25, "crack": 0.333333}},
        "pixels": None,
        "defects": 2,
        "boxes": 7,
    }


def test_no_image_is_no_line():
    assert image_lines([], ("pit",)) == ""
