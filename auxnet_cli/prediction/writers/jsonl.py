"""``predictions.jsonl``: a JSON document a line, one line an image."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from auxnet_cli.data.labels.run_lengths import Rle, encode
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.own_files import LINES
from auxnet_cli.plain_text import plain
from auxnet_cli.prediction.output import Output
from auxnet_cli.prediction.writers.result import Files, Model, Put, Render, Result


@contextmanager
def lines_writer(output: Output, model: Model) -> Iterator[Render]:
    """Write ``predictions.jsonl``; see :func:`line` for what a line holds."""
    lines = output.lines(LINES)

    def render(result: Result) -> Put:
        document = line(result, model)
        return lambda files: put(document, files)

    def put(document: dict[str, Any], files: Files) -> list[str]:
        if "error" not in document:
            document = {**document, "files": dict(files)}
        lines.append(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")
        return []

    yield render


def line(result: Result, model: Model) -> dict[str, Any]:
    """One image's line, but for ``files``: the files made of it, by format.

    ``path``, ``verdict``, ``scores`` (by class), ``boxes`` (those that count as found: ``class``,
    ``score``, ``x``, ``y``, ``width``, ``height``, pixels), ``masks`` (compressed COCO RLE by
    class, of the classes found), ``seconds`` and ``model_sha256``. A task that the model lacks is
    ``null``. An image that could not be read has ``path`` and ``error`` only.
    """
    path = plain(result.path.as_posix())
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


def _masks(inspection: Inspection) -> dict[str, Rle] | None:
    if inspection.masks is None:
        return None
    return {
        name: encode(inspection.masks[:, :, label])
        for label, name in enumerate(inspection.classes)
        if inspection.areas[label]
    }
