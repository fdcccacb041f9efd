"""Inspects each image of a split once, and keeps its evidence for scoring."""

import sys
from collections.abc import Sequence
from contextlib import closing, nullcontext

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.record_image import read_record
from auxnet_cli.documents.scores import SplitScores
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
    """Inspects images and gathers the evidence.

    Args:
        inspector: a model, ready to inspect.
        records: the images with their truth; their classes are the model's.
        progress: whether to show a bar.

    Returns:
        The evidence of the images, and the names of those that could not be read or have changed
        their size; these are reported on standard error.

    Raises:
        InputError: none of the images can be read.
    """
    evidence: list[Evidence] = []
    unreadable: list[str] = []
    # Where threads inspect side by side, each takes one image after the other.
    size = 1 if inspector.workers else BATCH
    parts = [records[start : start + size] for start in range(0, len(records), size)]
    answers = in_order(_Gatherer(inspector), parts, inspector.workers, 2 * inspector.workers)
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
) -> SplitScores:
    """Scores an inspector on images, without files and intervals.

    Args:
        inspector: a model, ready to inspect.
        records: the images with their truth.
        classes: the defect classes, in order.

    Raises:
        InputError: none of the images can be read.
    """
    evidence, unreadable = gather_split(inspector, records)
    card = inspector.card
    split = EvaluatedSplit(evidence, classes, card.tasks, card.decision, by_size=False)
    return SplitScores(**score(split).entries(), unreadable=unreadable)


class _Gatherer:
    """Takes images from reading to their evidence. Several threads may use it at once."""

    def __init__(self, inspector: NetworkInspector) -> None:
        self._inspector, self._room = inspector, Room(ROOM)

    def __call__(self, records: Sequence[Record]) -> tuple[list[Evidence], dict[str, str]]:
        """Returns the evidence of the readable images, and why the others are not."""
        # Decoding takes memory, too; no image is decoded that is larger than its record says.
        with self._room.take(sum(record.height * record.width for record in records)):
            return self._gather(records)

    def _gather(self, records: Sequence[Record]) -> tuple[list[Evidence], dict[str, str]]:
        card, errors = self._inspector.card, {}
        readable: list[Record] = []
        images: list[NDArray[np.uint8]] = []
        for record in records:
            try:
                images.append(read_record(record, card.bits))
                readable.append(record)
            except InputError as error:
                errors[record.name] = str(error)
        if not images:
            return [], errors
        pairs = zip(readable, self._inspector.inspect_batch(images), strict=True)
        return [collect_evidence(*pair, len(card.classes)) for pair in pairs], errors
