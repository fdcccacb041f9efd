"""``predictions.csv``: a row an image, for a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from auxnet_cli.own_files import TABLE
from auxnet_cli.plain_text import plain
from auxnet_cli.prediction.output import Output
from auxnet_cli.prediction.writers.result import Model, Put, Render, Result

_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for the code page of the country."""

_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a cell begins with that a spreadsheet computes; the last four are the wide forms of East
Asia's keyboards."""


@contextmanager
def table_writer(output: Output, model: Model) -> Iterator[Render]:
    """Write ``predictions.csv``, in UTF-8 with a byte-order mark.

    The columns: ``path``, ``verdict``, ``score_<class>`` each, ``boxes`` (how many were found),
    ``mask_px_<class>`` each (the mask's area), ``seconds``, ``error``. A cell is empty where the
    model lacks the task or the image could not be read. Text that a spreadsheet would take for a
    formula has an apostrophe in front.
    """
    scores = [f"score_{name}" for name in model.classes]
    areas = [f"mask_px_{name}" for name in model.classes]
    head = _line(["path", "verdict", *scores, "boxes", *areas, "seconds", "error"])
    lines = output.lines(TABLE, _BYTE_ORDER_MARK + head)

    def render(result: Result) -> Put:
        row = _line(_row(result, len(model.classes)))
        return lambda _: put(row)

    def put(row: str) -> list[str]:
        lines.append(row)
        return []

    yield render


def _line(cells: Sequence[Any]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerow(map(_defused, cells))
    return stream.getvalue()


def _defused(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _row(result: Result, classes: int) -> list[Any]:
    path = plain(result.path.as_posix())
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
