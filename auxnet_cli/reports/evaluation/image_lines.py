"""Writes the images of an evaluation as JSON lines, to search, sort and filter them."""

import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.reports.table import Document
from auxnet_cli.scoring.evidence import Evidence

_DECIMALS = 6


def image_lines(evidence: Sequence[Evidence], classes: Sequence[str]) -> str:
    """Returns the content of ``images.jsonl``, a line an image.

    It has ``name``, ``group``, ``labels`` (names of the classes that the image shows), ``verdict``,
    ``scores`` by class, ``votes`` by head and class, ``pixels`` by class (common to truth and
    answer, of the truth, of the answer), and the numbers of true ``defects`` and of predicted
    ``boxes``; ``null`` where the head was not built.
    """
    lines = (json.dumps(_line(image, classes), ensure_ascii=False) for image in evidence)
    return "".join(f"{line}\n" for line in lines)


def _line(image: Evidence, classes: Sequence[str]) -> Document:
    pixels = None
    if image.pixels is not None:
        keys = ("common", "truth", "answer")
        pixels = {
            name: dict(zip(keys, numbers, strict=True))
            for name, numbers in zip(classes, image.pixels.T.tolist(), strict=True)
        }
    return {
        "name": image.name,
        "group": image.group,
        "labels": [name for name, shown in zip(classes, image.labels, strict=True) if shown],
        "verdict": "defective" if image.stopped else "good",
        "scores": None if image.scores is None else _by_class(image.scores, classes),
        "votes": {head: _by_class(votes, classes) for head, votes in image.votes.items()},
        "pixels": pixels,
        "defects": len(image.truth),
        "boxes": None if image.boxes is None else len(image.boxes),
    }


def _by_class(values: NDArray[np.float64], classes: Sequence[str]) -> dict[str, float]:
    rounded = (round(value, _DECIMALS) for value in values.tolist())
    return dict(zip(classes, rounded, strict=True))
