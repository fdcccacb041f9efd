"""Draws a few validation images with truth and prediction, to watch the network learn on."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.record_image import read_record
from auxnet_cli.errors import InputError
from auxnet_cli.inference.network_inspector import NetworkInspector
from auxnet_cli.reports.overlay.drawing import draw
from auxnet_cli.scoring.truth import Truth

DEFECTIVE, GOOD = 4, 2


class Gallery:
    """Draws truth beside prediction, of a few images of the validation split."""

    def __init__(self, inspector: NetworkInspector, records: Sequence[Record]) -> None:
        self._inspector = inspector
        self._records = choose(records)

    def __call__(self) -> dict[str, NDArray[np.uint8]]:
        """Returns a picture of each image, by name; without images that cannot be read."""
        pictures = {}
        for record in self._records:
            try:
                image = read_record(record, self._inspector.card.bits)
            except InputError:
                continue  # the validation has reported it
            (inspection,) = self._inspector.inspect_batch([image])
            truth = _truth(record, len(self._inspector.card.classes))
            pictures[record.name] = draw(image, inspection, truth)
        return pictures


def choose(records: Sequence[Record]) -> list[Record]:
    """Chooses a few images: defective ones, new and rare classes first, and then good ones.

    Returns:
        At most ``DEFECTIVE`` and ``GOOD`` images, the same for the same split.
    """
    counts = Counter(label for record in records for label in record.labels)
    rest = [record for record in records if record.labels]
    chosen: list[Record] = []
    shown: set[int] = set()

    def rarity(record: Record) -> float:
        """Returns how often the rarest class occurs that is new with an image."""
        return min((counts[label] for label in record.labels - shown), default=np.inf)

    while rest and len(chosen) < DEFECTIVE:
        best = min(rest, key=rarity)
        rest.remove(best)
        chosen.append(best)
        shown |= best.labels
    return chosen + [record for record in records if not record.labels][:GOOD]


def _truth(record: Record, classes: int) -> NDArray[np.bool_]:
    """Returns (height, width, classes) masks; the defects without a mask fill their boxes."""
    masks = Truth(record, classes).masks()
    for annotation in record.annotations:
        if annotation.rle is None:
            x, y, width, height = annotation.box
            rows = slice(int(y), int(np.ceil(y + height)))
            columns = slice(int(x), int(np.ceil(x + width)))
            masks[rows, columns, annotation.label] = True
    return masks
