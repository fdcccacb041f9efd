"""Writes pictures: an overlay to look at, and the masks as images for other programs."""

from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.prediction.file_names import sanitise, unique
from auxnet_cli.prediction.image_result import ImageResult
from auxnet_cli.prediction.output import Output
from auxnet_cli.prediction.writers import Put, Render
from auxnet_cli.prediction_files import FORMATS
from auxnet_cli.reports.overlay.drawing import draw

JPEG_QUALITY = 92


@contextmanager
def overlay_writer(output: Output, _: ModelCard) -> Iterator[Render]:
    """Writes ``overlays/<image>.jpg``: masks, boxes and the verdict drawn on the image."""

    def render(result: ImageResult, stem: str) -> Put:
        if result.image is None or result.inspection is None:
            return lambda _: None
        picture = cv2.cvtColor(draw(result.image, result.inspection), cv2.COLOR_RGB2BGR)
        content = _encoded(picture, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        name = f"{FORMATS['overlay'].path}{stem}.jpg"
        return lambda _: put(name, content)  # without the result, which holds the image

    def put(name: str, content: bytes) -> list[str]:
        output.add_picture(name, content)
        return [name]

    yield render


@contextmanager
def mask_writer(output: Output, card: ModelCard) -> Iterator[Render]:
    """Writes ``masks/<image>_<class>.png`` for each class detected: 255 where it is, else 0.

    One file a class, since classes may overlap.
    """
    taken: set[str] = set()

    def render(result: ImageResult, stem: str) -> Put:
        if result.inspection is None or result.inspection.masks is None:
            return lambda _: None
        contents = {}
        for label, class_name in enumerate(card.classes):
            if result.inspection.areas[label]:
                mask = result.inspection.masks[:, :, label]
                contents[class_name] = _encoded(mask.astype(np.uint8) * 255, ".png", [])
        return lambda _: put(stem, contents)

    def put(stem: str, contents: dict[str, bytes]) -> list[str]:
        names = []
        for class_name, content in contents.items():
            # Which names are taken depends on the images before this one.
            name = unique(f"{stem}_{sanitise(class_name)}", taken)
            names.append(f"{FORMATS['mask'].path}{name}.png")
            output.add_picture(names[-1], content)
        return names

    yield render


def _encoded(picture: NDArray[np.uint8], kind: str, options: list[int]) -> bytes:
    return bytes(cv2.imencode(kind, picture, options)[1])
