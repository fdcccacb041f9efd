"""Pictures: an overlay to look at, and the masks as images for other programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.files import write_bytes
from auxnet_cli.reports.overlay import draw
from auxnet_cli.reports.writers.names import sanitise, unique
from auxnet_cli.reports.writers.result import Model, Result, Write

OVERLAYS, MASKS = "overlays", "masks"
JPEG_QUALITY = 92


@contextmanager
def overlay_writer(folder: Path, model: Model) -> Iterator[Write]:
    """Write ``overlays/<image>.jpg``: the findings drawn on the image."""

    def write(result: Result) -> list[str]:
        if result.image is None or result.inspection is None:
            return []
        name = f"{OVERLAYS}/{result.stem}.jpg"
        picture = cv2.cvtColor(draw(result.image, result.inspection), cv2.COLOR_RGB2BGR)
        _save(folder / name, picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        return [name]

    yield write


@contextmanager
def mask_writer(folder: Path, model: Model) -> Iterator[Write]:
    """Write ``masks/<image>_<class>.png`` for each class found: 255 where it is, else 0.

    One file a class, since classes may overlap.
    """
    taken: set[str] = set()

    def write(result: Result) -> list[str]:
        if result.inspection is None or result.inspection.masks is None:
            return []
        names = []
        for label, class_name in enumerate(model.classes):
            mask = result.inspection.masks[:, :, label]
            if mask.any():
                stem = unique(f"{result.stem}_{sanitise(class_name)}", taken)
                names.append(f"{MASKS}/{stem}.png")
                _save(folder / names[-1], mask.astype(np.uint8) * 255, [])
        return names

    yield write


def _save(path: Path, picture: NDArray[np.uint8], options: list[int]) -> None:
    _, content = cv2.imencode(path.suffix, picture, options)
    write_bytes(path, content.tobytes())
