"""Pictures: an overlay to look at, and the masks as images for other programs."""

from collections.abc import Iterator
from contextlib import contextmanager

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.own_files import MASKS, OVERLAYS
from auxnet_cli.prediction.output import Output
from auxnet_cli.prediction.writers.file_names import sanitise, unique
from auxnet_cli.prediction.writers.result import Files, Model, Put, Render, Result
from auxnet_cli.reports.overlay.drawing import draw

JPEG_QUALITY = 92


@contextmanager
def overlay_writer(output: Output, model: Model) -> Iterator[Render]:
    """Write ``overlays/<image>.jpg``: the findings drawn on the image."""

    def render(result: Result) -> Put:
        if result.image is None or result.inspection is None:
            return _nothing
        picture = cv2.cvtColor(draw(result.image, result.inspection), cv2.COLOR_RGB2BGR)
        content = _coded(picture, ".jpg", [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        name = f"{OVERLAYS}/{result.stem}.jpg"  # the result itself, and its image, is let go of
        return lambda _: put(name, content)

    def put(name: str, content: bytes) -> list[str]:
        output.add_picture(name, content)
        return [name]

    yield render


@contextmanager
def mask_writer(output: Output, model: Model) -> Iterator[Render]:
    """Write ``masks/<image>_<class>.png`` for each class found: 255 where it is, else 0.

    One file a class, since classes may overlap.
    """
    taken: set[str] = set()

    def render(result: Result) -> Put:
        if result.inspection is None or result.inspection.masks is None:
            return _nothing
        stem, found = result.stem, {}
        for label, class_name in enumerate(model.classes):
            if result.inspection.areas[label]:
                mask = result.inspection.masks[:, :, label]
                found[class_name] = _coded(mask.astype(np.uint8) * 255, ".png", [])
        return lambda _: put(stem, found)

    def put(stem: str, found: dict[str, bytes]) -> list[str]:
        names = []
        for class_name, content in found.items():
            # Names that are taken already depend on the images before this one.
            own = unique(f"{stem}_{sanitise(class_name)}", taken)
            names.append(f"{MASKS}/{own}.png")
            output.add_picture(names[-1], content)
        return names

    yield render


def _nothing(_: Files) -> list[str]:
    return []


def _coded(picture: NDArray[np.uint8], kind: str, options: list[int]) -> bytes:
    return bytes(cv2.imencode(kind, picture, options)[1])
