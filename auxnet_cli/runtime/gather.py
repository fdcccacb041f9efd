"""A split is inspected once, image by image; what is kept of each is its evidence."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.record_image import read_record
from auxnet_cli.errors import InputError
from auxnet_cli.inspection import Inspection
from auxnet_cli.runtime.inspector import Inspector
from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.scoring.gathering import gather_all

BATCH = 8


def gather_split(
    inspector: Inspector,
    records: Sequence[Record],
    batch: int = BATCH,
    progress: bool = False,
) -> tuple[list[Evidence], list[str]]:
    """Inspect images and gather the evidence.

    Args:
        inspector: a model, ready to inspect.
        records: the images with their truth; their classes are the model's.
        batch: images that are read before they are inspected together.
        progress: whether to show a bar.

    Returns:
        The evidence of the images, and the names of those that could not be read or have changed
        their size; these are reported on standard error.

    Raises:
        InputError: none of the images can be read.
    """
    unreadable: list[str] = []
    hidden = None if progress else True
    with tqdm(total=len(records), desc="evaluate", unit="image", disable=hidden) as bar:
        pairs = _inspections(inspector, records, batch, unreadable, bar)
        evidence = list(gather_all(pairs, len(inspector.card.classes)))
    if records and not evidence:
        raise InputError(
            f"None of the {len(records)} images can be read, from {records[0].path} on: "
            "prepare the data set again."
        )
    return evidence, unreadable


def _inspections(
    inspector: Inspector,
    records: Sequence[Record],
    batch: int,
    unreadable: list[str],
    bar: "tqdm[Any]",
) -> Iterator[tuple[Record, Inspection]]:
    """Each readable image with its findings; the names of the others go to ``unreadable``."""
    for start in range(0, len(records), batch):
        readable: list[Record] = []
        images: list[NDArray[np.uint8]] = []
        for record in records[start : start + batch]:
            try:
                images.append(read_record(record, inspector.card.bits))
                readable.append(record)
            except InputError as error:
                unreadable.append(record.name)
                tqdm.write(f"Passed over: {error}", file=sys.stderr)
        if images:
            yield from zip(readable, inspector.inspect(images), strict=True)
        bar.update(len(records[start : start + batch]))
