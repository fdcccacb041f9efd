"""The images of an evaluation, a JSON line each: to find, sort and filter them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.scoring.evidence import Evidence

_PLACES = 6


def image_lines(evidence: Sequence[Evidence], classes: Sequence[str]) -> str:
    """The content of ``images.jsonl``.

    Args:
        evidence: the images.
        classes: names, in order.

    Returns:
        A line an image: ``name``, ``group``, ``labels`` (names of the classes it shows),
        ``verdict``, ``scores`` by class, ``votes`` by head and class, ``pixels`` by class (common
        to truth and answer, of the truth, of the answer), and the numbers of true ``defects`` and
        of ``boxes``; ``null`` where the head was not built.
    """
    lines = (json.dumps(_line(image, classes), ensure_ascii=False) for image in evidence)
    return "".join(f"{line}\n" for line in lines)


def _line(image: Evidence, classes: Sequence[str]) -> dict[str, Any]:
    pixels = None
    if image.pixels is not None:
        names = ("common", "truth", "answer")
        pixels = {
            name: dict(zip(names, own, strict=True))
            for name, own in zip(classes, image.pixels.T.tolist(), strict=True)
        }
    return {
        "name": image.name,
        "group": image.group,
        "labels": [name for name, shown in zip(classes, image.labels, strict=True) if shown],
        "verdict": "defective" if image.stopped else "good",
        "scores": None if image.scores is None else _named(image.scores, classes),
        "votes": {head: _named(vote, classes) for head, vote in image.votes.items()},
        "pixels": pixels,
        "defects": len(image.truth),
        "boxes": None if image.boxes is None else len(image.boxes),
    }


def _named(values: NDArray[np.float64], classes: Sequence[str]) -> Mapping[str, float]:
    return {
        name: round(value, _PLACES) for name, value in zip(classes, values.tolist(), strict=True)
    }
