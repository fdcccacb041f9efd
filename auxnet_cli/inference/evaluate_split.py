"""Inspects each image of a split once, and keeps its evidence for scoring."""

import sys
from collections.abc import Sequence
from contextlib import closing, nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.record_image import read_record
from auxnet_cli.errors import InputError
from auxnet_cli.inference.network_inspector import ROOM, NetworkInspector
from auxnet_cli.scoring.evidence import EvaluatedSplit, Evidence
from auxnet_cli.scoring.image_evidence import collect_evidence
from auxnet_cli.scoring.scores import score
from auxnet_cli.system.parallel import Room, alone, in_order, reuse_memory

BATCH = 8
"""Images that are inspected together, where the engine takes one call at a time."""


def gather_split(
    inspector: NetworkInspector,
    records: Sequence[Record],
    progress: bool = False,
) -> tuple[list[Evidence], list[str]]:
    """Inspects images, of the model's classes, and gathers the evidence.

    Returns:
        The evidence of the images, and the names of those that could not be read or have changed
        their size; these are reported on standard error.

    Raises:
        InputError: none of the images can be read.
    """
    card, room = inspector.card, Room(ROOM)

    def gather(batch: Sequence[Record]) -> tuple[list[Evidence], dict[str, str]]:
        """Returns the evidence of the readable images, and why the others are not."""
        errors: dict[str, str] = {}
        readable: list[Record] = []
        images: list[NDArray[np.uint8]] = []
        # Decoding takes memory, too; no image is decoded that is larger than its record says.
        with room.take(sum(record.height * record.width for record in batch)):
            for record in batch:
                try:
                    images.append(read_record(record, card.bits))
                    readable.append(record)
                except InputError as error:
                    errors[record.name] = str(error)
            inspections = inspector.inspect_batch(images) if images else []
            pairs = zip(readable, inspections, strict=True)
            return [collect_evidence(*pair, len(card.classes)) for pair in pairs], errors

    evidence: list[Evidence] = []
    unreadable: list[str] = []
    # Where threads inspect side by side, each takes one image after the other.
    size = 1 if inspector.workers else BATCH
    parts = [records[start : start + size] for start in range(0, len(records), size)]
    answers = in_order(gather, parts, inspector.workers, 2 * inspector.workers)
    hidden = None if progress else True
    reuse_memory()
    with (
        alone() if inspector.workers else nullcontext(),
        closing(answers),
        tqdm(total=len(records), desc="evaluate", unit="image", disable=hidden) as bar,
    ):
        for gathered, errors in answers:
            evidence += gathered
            for name, error in errors.items():
                unreadable.append(name)
                tqdm.write(f"Passed over: {error}", file=sys.stderr)
            bar.update(len(gathered) + len(errors))
    if records and not evidence:
        raise InputError(
            f"None of the {len(records)} images can be read, from {records[0].path} on: "
            "prepare the data set again."
        )
    return evidence, unreadable


def score_split(
    inspector: NetworkInspector,
    records: Sequence[Record],
    classes: Sequence[str],
) -> dict[str, Any]:
    """Scores an inspector on images, without files and intervals.

    Returns:
        The sections of :func:`auxnet_cli.scoring.scores.score`, and ``unreadable``, the names that
        :func:`gather_split` returns.

    Raises:
        InputError: none of the images can be read.
    """
    evidence, unreadable = gather_split(inspector, records)
    card = inspector.card
    split = EvaluatedSplit(evidence, classes, card.tasks, card.decision, by_size=False)
    return {**score(split).document(), "unreadable": unreadable}
