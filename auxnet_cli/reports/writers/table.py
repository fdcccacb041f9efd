"""``predictions.csv``: a row an image, for a spreadsheet."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from auxnet_cli.files import whole_file
from auxnet_cli.reports.writers.result import Model, Put, Render, Result

TABLE = "predictions.csv"


@contextmanager
def table_writer(folder: Path, model: Model) -> Iterator[Render]:
    """Write ``predictions.csv``.

    The columns: ``path``, ``verdict``, ``score_<class>`` each, ``boxes`` (how many were found),
    ``mask_px_<class>`` each (the mask's area), ``seconds``, ``error``. A cell is empty where the
    model lacks the task or the image could not be read.
    """
    with (
        whole_file(folder / TABLE) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as stream,
    ):
        table = csv.writer(stream, lineterminator="\n")
        scores = [f"score_{name}" for name in model.classes]
        areas = [f"mask_px_{name}" for name in model.classes]
        table.writerow(["path", "verdict", *scores, "boxes", *areas, "seconds", "error"])

        def render(result: Result) -> Put:
            row = _row(result, len(model.classes))
            return lambda _: put(row)

        def put(row: list[Any]) -> list[str]:
            table.writerow(row)
            return []

        yield render


def _row(result: Result, classes: int) -> list[Any]:
    path = result.path.as_posix()
    found = result.inspection
    empty = [""] * classes
    if found is None:
        return [path, "", *empty, "", *empty, "", result.error]
    return [
        path,
        found.verdict,
        *(empty if found.scores is None else [f"{score:.5f}" for score in found.scores]),
        "" if found.boxes is None else len(found.confident_boxes),
        *(empty if found.masks is None else found.areas),
        "" if found.seconds is None else f"{found.seconds:.5f}",
        "",
    ]
