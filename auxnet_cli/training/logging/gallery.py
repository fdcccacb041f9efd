"""The gallery: a few validation images with their truth, to watch the network learn on."""

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
    """Draws truth beside prediction.

    Args:
        inspector: around the network in training.
        records: the validation split; it may be empty.
    """

    def __init__(self, inspector: NetworkInspector, records: Sequence[Record]) -> None:
        self._inspector = inspector
        self._records = choose(records)

    def __call__(self) -> dict[str, NDArray[np.uint8]]:
        """A picture of each image, by name; one that cannot be read is left out."""
        pictures = {}
        for record in self._records:
            try:
                image = read_record(record, self._inspector.card.bits)
            except InputError:
                continue  # the validation has told of it
            (inspection,) = self._inspector.inspect_batch([image])
            truth = _truth(record, len(self._inspector.card.classes))
            pictures[record.name] = draw(image, inspection, truth)
        return pictures


def choose(records: Sequence[Record]) -> list[Record]:
    """A fixed handful: defective images, a new class first and the rarest of them; then good ones.

    Args:
        records: of one split.

    Returns:
        At most ``DEFECTIVE`` and ``GOOD`` images, the same for the same split.
    """
    counts: dict[int, int] = {}
    for record in records:
        for label in record.labels:
            counts[label] = counts.get(label, 0) + 1
    rest = [record for record in records if record.labels]
    chosen: list[Record] = []
    shown: set[int] = set()
    while rest and len(chosen) < DEFECTIVE:
        # Of images that bring nothing new, the first.
        best = min(rest, key=lambda one: min((counts[n] for n in one.labels - shown), default=1e9))
        rest.remove(best)
        chosen.append(best)
        shown |= best.labels
    return chosen + [record for record in records if not record.labels][:GOOD]


def _truth(record: Record, classes: int) -> NDArray[np.bool_]:
    """(height, width, classes); the defects without a mask fill their boxes."""
    masks = Truth(record, classes).masks()
    for annotation in record.annotations:
        if annotation.rle is None:
            x, y, width, height = annotation.box
            rows = slice(int(y), int(np.ceil(y + height)))
            columns = slice(int(x), int(np.ceil(x + width)))
            masks[rows, columns, annotation.label] = True
    return masks
