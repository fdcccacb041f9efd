"""``predictions.jsonl``: a JSON document a line, one line an image."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from auxnet_cli.data.rle import encode
from auxnet_cli.files import whole_file
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.reports.writers.result import Model, Result, Write

LINES = "predictions.jsonl"


@contextmanager
def lines_writer(folder: Path, model: Model) -> Iterator[Write]:
    """Write ``predictions.jsonl``; see :func:`line` for what a line holds."""
    with (
        whole_file(folder / LINES) as temporary,
        temporary.open("w", encoding="utf-8", newline="\n") as stream,
    ):

        def write(result: Result) -> list[str]:
            document = line(result, model)
            stream.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")
            return []

        yield write


def line(result: Result, model: Model) -> dict[str, Any]:
    """One image's line.

    ``path``, ``verdict``, ``scores`` (by class), ``boxes`` (those that count as found: ``class``,
    ``score``, ``x``, ``y``, ``width``, ``height``, pixels), ``masks`` (compressed COCO RLE by
    class, of the classes found), ``seconds``, ``model_sha256`` and ``files`` (by format). A
    task that the model lacks is ``null``. An image that could not be read has ``path`` and
    ``error`` only.
    """
    path = result.path.as_posix()
    inspection = result.inspection
    if inspection is None:
        return {"path": path, "error": result.error}
    return {
        "path": path,
        "verdict": inspection.verdict,
        "scores": _scores(inspection),
        "boxes": None
        if inspection.boxes is None
        else [_box(box, model.classes) for box in inspection.confident_boxes],
        "masks": _masks(inspection),
        "seconds": None if inspection.seconds is None else round(inspection.seconds, 5),
        "model_sha256": model.sha256,
        "files": dict(result.files),
    }


def _scores(inspection: Inspection) -> dict[str, float] | None:
    if inspection.scores is None:
        return None
    pairs = zip(inspection.classes, inspection.scores, strict=True)
    return {name: round(float(score), 5) for name, score in pairs}


def _box(box: Box, classes: tuple[str, ...]) -> dict[str, Any]:
    numbers = asdict(box)
    name, score = classes[numbers.pop("label")], round(float(numbers.pop("score")), 5)
    sides = {side: round(float(value), 2) for side, value in numbers.items()}
    return {"class": name, "score": score, **sides}


def _masks(inspection: Inspection) -> dict[str, dict[str, Any]] | None:
    if inspection.masks is None:
        return None
    return {
        name: encode(inspection.masks[:, :, label])
        for label, name in enumerate(inspection.classes)
        if inspection.masks[:, :, label].any()
    }
