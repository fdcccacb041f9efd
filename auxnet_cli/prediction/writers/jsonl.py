"""Writes ``predictions.jsonl``: a JSON document a line, one line an image."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from auxnet_cli.data.labels.run_lengths import encode
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.documents.prediction import BoxEntry, PredictionLine, RunLengths, UnreadableImage
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.plain_text import plain
from auxnet_cli.prediction.image_result import ImageResult
from auxnet_cli.prediction.output import Output
from auxnet_cli.prediction.writers import Files, Put, Render
from auxnet_cli.prediction_files import LINES


@contextmanager
def lines_writer(output: Output, card: ModelCard) -> Iterator[Render]:
    """Writes the list; see :func:`line` for what a line holds."""
    lines = output.lines(LINES)

    def render(result: ImageResult, _: str) -> Put:
        document = line(result, card)
        return lambda files: put(document, files)

    def put(document: PredictionLine | UnreadableImage, files: Files) -> None:
        if isinstance(document, PredictionLine):
            document = document.model_copy(update={"files": dict(files)})
        text = json.dumps(document.document(), ensure_ascii=False, allow_nan=False)
        lines.append(text + "\n")

    yield render


def line(result: ImageResult, card: ModelCard) -> PredictionLine | UnreadableImage:
    """Describes one image, except for the files that are made of it."""
    path = plain(result.path.as_posix())
    inspection = result.inspection
    if inspection is None:
        return UnreadableImage(path=path, error=result.error or "")
    boxes = inspection.confident_boxes
    return PredictionLine(
        path=path,
        verdict=inspection.verdict,
        scores=_scores(inspection),
        boxes=None if inspection.boxes is None else [_box(box, card.classes) for box in boxes],
        masks=_masks(inspection),
        novelty=None if inspection.novelty is None else round(inspection.novelty, 5),
        seconds=None if inspection.seconds is None else round(inspection.seconds, 5),
        model_sha256=card.sha256,
    )


def _scores(inspection: Inspection) -> dict[str, float] | None:
    scores = inspection.class_scores
    return scores and {name: round(score, 5) for name, score in scores.items()}


def _box(box: Box, classes: tuple[str, ...]) -> BoxEntry:
    sides = ("x", "y", "width", "height")
    return BoxEntry.model_validate(
        {
            "class": classes[box.label],
            "score": round(float(box.score), 5),
            **{side: round(float(getattr(box, side)), 2) for side in sides},
            "source": box.source,
        }
    )


def _masks(inspection: Inspection) -> dict[str, RunLengths] | None:
    if inspection.masks is None:
        return None
    return {
        name: RunLengths.model_validate(encode(inspection.masks[:, :, label]))
        for label, name in enumerate(inspection.classes)
        if inspection.areas[label]
    }
