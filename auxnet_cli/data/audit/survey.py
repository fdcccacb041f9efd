"""Surveys a data set as a whole: statistics, near-duplicates and anchor coverage."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit.anchor_coverage import Floats, at_network_size, best_anchors
from auxnet_cli.data.audit.anchor_search import GOAL, search_anchors
from auxnet_cli.data.audit.findings import Audit
from auxnet_cli.data.audit.statistics import statistics
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.samples.tiling import larger_than_tile
from auxnet_cli.data.splitting.groups import connected
from auxnet_cli.documents.audit import (
    AnchorCoverage,
    AnchorSuggestion,
    AuditDocument,
    ClassCoverage,
)
from auxnet_cli.documents.dataset_card import DatasetCard
from auxnet_cli.settings import Settings

_DRAWN = 12


@dataclass(frozen=True)
class UnmatchedDefect:
    """A defect that no anchor matches.

    Attributes:
        entry: its image.
        label: its class.
        truth: its box x1, y1, x2, y2 in pixels of the network's input.
        anchor: the box of its best anchor, in the same pixels.
        overlap: their IoU.
        tile: index of the tile that shows it, one of ``tiling.windows``.
    """

    entry: Entry
    label: str
    truth: Floats
    anchor: Floats
    overlap: float
    tile: int


@dataclass(frozen=True)
class Survey:
    """The audit of a data set as a whole.

    Attributes:
        document: with the findings.
        unmatched: a few defects to draw, the worst of each class first.
    """

    document: AuditDocument
    unmatched: list[UnmatchedDefect]


def survey(
    entries: Sequence[Entry],
    pictures: Sequence[NDArray[np.uint8]],
    alike: Sequence[tuple[int, int]],
    card: DatasetCard,
    preset: str,
    settings: Settings,
    audit: Audit,
) -> Survey:
    """Surveys a data set, and completes its findings by what does not fit the settings.

    Takes the images, the thumbnail of each, pairs of indices of near-duplicates, and the settings
    of a preset: anchors may match too few defects, and defects may be larger than a tile.
    """
    placed = [
        at_network_size([shape.box for _, shape in e.defects], e.height, e.width, settings)
        for e in entries
    ]
    scaled = [boxes for boxes, _ in placed]
    tiles = np.concatenate([tile for _, tile in placed])
    coverage, unmatched = _coverage(entries, scaled, tiles, card.classes, preset, settings)
    if coverage.share is not None and coverage.share < GOAL:
        detail = (
            f"{coverage.matched} of {coverage.defects} defects reach an IoU of "
            f"{coverage.match:g} with an anchor of preset {preset}"
        )
        audit.add("anchors-miss-defects", "", detail, "went on; audit.md names other anchors")
    for entry in entries:
        number = larger_than_tile([shape.box for _, shape in entry.defects], settings.tile)
        if number:
            detail = f"{number} of its defects are larger than a tile (tile.size)"
            audit.add("defect-larger-than-tile", entry.file, detail, "kept; no tile shows it whole")
    brightness = np.array([picture.mean() for picture in pictures], np.float64)
    document = AuditDocument(
        counts=audit.counts(),
        findings=audit.findings,
        statistics=statistics(entries, brightness, scaled, card.classes, card.counts),
        near_duplicates=_near_duplicates(entries, alike),
        coverage=coverage,
    )
    return Survey(document, unmatched)


def _near_duplicates(entries: Sequence[Entry], alike: Sequence[tuple[int, int]]) -> list[list[str]]:
    """Returns the files of each group of near-duplicates."""
    members: dict[int, list[str]] = defaultdict(list)
    for entry, first in zip(entries, connected(len(entries), alike), strict=True):
        members[first].append(entry.file)
    return [files for files in members.values() if len(files) > 1]


def _coverage(
    entries: Sequence[Entry],
    scaled: Sequence[Floats],
    tiles: NDArray[np.intp],
    classes: Sequence[str],
    preset: str,
    settings: Settings,
) -> tuple[AnchorCoverage, list[UnmatchedDefect]]:
    size, anchors = settings.data.size, settings.model.anchors
    defects = [(entry, name) for entry in entries for name, _ in entry.defects]
    names = np.array([name for _, name in defects], object)
    truths = np.concatenate([*scaled, np.zeros((0, 4))])
    boxes, overlap = best_anchors(truths, size, anchors)
    matched = overlap >= anchors.match
    share = float(matched.mean()) if len(truths) else None
    coverage = AnchorCoverage(
        preset=preset,
        size=size,
        match=anchors.match,
        defects=len(truths),
        matched=int(matched.sum()),
        share=None if share is None else round(share, 4),
        classes={
            name: ClassCoverage(
                defects=int((names == name).sum()), matched=int(matched[names == name].sum())
            )
            for name in classes
        },
        suggestion=None if share is None else _suggestion(share, truths, len(classes), settings),
    )
    queues = [_worst(overlap, (names == name) & ~matched) for name in classes]
    in_turn = [queue[turn] for turn in range(_DRAWN) for queue in queues if turn < len(queue)]
    unmatched = [
        UnmatchedDefect(
            *defects[index], truths[index], boxes[index], float(overlap[index]), int(tiles[index])
        )
        for index in in_turn[:_DRAWN]
    ]
    return coverage, unmatched


def _suggestion(
    share: float, truths: Floats, classes: int, settings: Settings
) -> AnchorSuggestion | None:
    """Suggests other anchors if those of the settings match too few defects."""
    if share >= GOAL:
        return None
    best = search_anchors(truths, settings.data.size, settings.model, classes)
    if best.coverage <= share:
        return None
    return AnchorSuggestion(
        share=round(best.coverage, 4),
        cost=round(best.cost, 3),
        options=[f'--set "{text}"' for text in best.overrides()],
    )


def _worst(overlap: Floats, unmatched: NDArray[np.bool_]) -> list[int]:
    """Returns indices of unmatched defects, evenly from the worst to the nearly matched."""
    indices = np.flatnonzero(unmatched)
    indices = indices[np.argsort(overlap[indices], kind="stable")]
    evenly = np.linspace(0, len(indices) - 1, min(len(indices), _DRAWN)).astype(int)
    few: list[int] = indices[np.unique(evenly)].tolist()
    return few
