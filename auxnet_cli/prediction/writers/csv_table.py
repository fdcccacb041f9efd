"""Writes ``predictions.csv``: a row an image, for a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.plain_text import plain
from auxnet_cli.prediction.image_result import ImageResult
from auxnet_cli.prediction.output import Output
from auxnet_cli.prediction.writers import Put, Render
from auxnet_cli.prediction_files import FORMATS

_BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 in the code page of the country."""

_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""What a cell begins with that a spreadsheet computes; the last four are the wide forms of East
Asia's keyboards."""

Cell = str | float | None


@contextmanager
def table_writer(output: Output, card: ModelCard) -> Iterator[Render]:
    """Writes the table, in UTF-8 with a byte-order mark.

    The columns: ``path``, ``verdict``, ``score_<class>`` each, ``boxes`` (how many count),
    ``mask_px_<class>`` each (the mask's area), ``seconds``, ``error``. A cell is empty where the
    model lacks the task or the image could not be read. Text that a spreadsheet would take for a
    formula has an apostrophe in front.
    """
    scores = [f"score_{name}" for name in card.classes]
    areas = [f"mask_px_{name}" for name in card.classes]
    head = _line(["path", "verdict", *scores, "boxes", *areas, "seconds", "error"])
    lines = output.lines(FORMATS["csv"].file, _BYTE_ORDER_MARK + head)

    def render(result: ImageResult, _: str) -> Put:
        row = _line(_row(result, len(card.classes)))
        return lambda _: lines.append(row)

    yield render


def _line(cells: Sequence[Cell]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerow(map(_defused, cells))
    return stream.getvalue()


def _defused(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _row(result: ImageResult, classes: int) -> list[Cell]:
    path = plain(result.path.as_posix())
    inspection = result.inspection
    empty = [""] * classes
    if inspection is None:
        return [path, "", *empty, "", *empty, "", result.error]
    scores = inspection.scores
    return [
        path,
        inspection.verdict,
        *(empty if scores is None else [f"{score:.5f}" for score in scores]),
        "" if inspection.boxes is None else len(inspection.confident_boxes),
        *(empty if inspection.masks is None else inspection.areas),
        "" if inspection.seconds is None else f"{inspection.seconds:.5f}",
        "",
    ]
