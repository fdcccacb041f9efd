"""What the audit says of a data set as a whole: figures, near-duplicates and anchor coverage."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit.anchor_coverage import Floats, at_network_size, best_anchors
from auxnet_cli.data.audit.anchor_search import GOAL, search_anchors
from auxnet_cli.data.audit.findings import Audit
from auxnet_cli.data.audit.statistics import statistics
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.samples.tiling import larger_than_tile
from auxnet_cli.data.splitting.groups import connected
from auxnet_cli.settings import Settings

_DRAWN = 12


@dataclass(frozen=True)
class Missed:
    """A defect that no anchor matches, to be drawn.

    Attributes:
        entry: its image.
        label: its class.
        truth: its box x1, y1, x2, y2 in pixels of the network's input.
        anchor: the best anchor, likewise.
        overlap: their IoU.
        tile: which of ``tiling.windows`` it was taken on.
    """

    entry: Entry
    label: str
    truth: Floats
    anchor: Floats
    overlap: float
    tile: int


@dataclass(frozen=True)
class Survey:
    """What was found.

    Attributes:
        document: ``statistics``, ``near_duplicates`` and ``coverage``, JSON-able.
        missed: defects to draw, the worst of each class first.
    """

    document: dict[str, Any]
    missed: list[Missed] = field(default_factory=list)


def survey(
    entries: Sequence[Entry],
    pictures: Sequence[NDArray[np.uint8]],
    alike: Sequence[tuple[int, int]],
    dataset: Mapping[str, Any],
    preset: str,
    settings: Settings,
    audit: Audit,
) -> Survey:
    """Look at a data set as a whole.

    Args:
        entries: the images.
        pictures: the thumbnail of each.
        alike: near-duplicates, pairs of positions.
        dataset: ``classes`` and ``counts`` of ``dataset.yaml``.
        preset: name of the preset that ``settings`` come from.
        settings: input size, tiles and anchors.
        audit: takes anchors that match too few defects, and defects larger than a tile.
    """
    placed = [
        at_network_size([shape.box for _, shape in e.defects], e.height, e.width, settings)
        for e in entries
    ]
    scaled = [boxes for boxes, _ in placed]
    tiles = np.concatenate([tile for _, tile in placed])
    brightness = np.array([picture.mean() for picture in pictures], np.float64)
    classes = dataset["classes"]
    coverage, missed = _coverage(entries, scaled, tiles, classes, preset, settings)
    if coverage["share"] is not None and coverage["share"] < GOAL:
        detail = (
            f"{coverage['matched']} of {coverage['defects']} defects reach an IoU of "
            f"{coverage['match']:g} with an anchor of preset {preset}"
        )
        audit.add("anchors-miss-defects", "", detail, "went on; audit.md names other anchors")
    for entry in entries:
        number = larger_than_tile([shape.box for _, shape in entry.defects], settings.tile)
        if number:
            detail = f"{number} of its defects are larger than a tile (tile.size)"
            audit.add("defect-larger-than-tile", entry.file, detail, "kept; no tile shows it whole")
    document = {
        "statistics": statistics(entries, brightness, scaled, classes, dataset["counts"]),
        "near_duplicates": _groups(entries, alike),
        "coverage": coverage,
    }
    return Survey(document, missed)


def _groups(entries: Sequence[Entry], alike: Sequence[tuple[int, int]]) -> list[list[str]]:
    """The files of each group of near-duplicates."""
    members: dict[int, list[str]] = defaultdict(list)
    for entry, leader in zip(entries, connected(len(entries), alike), strict=True):
        members[leader].append(entry.file)
    return [files for files in members.values() if len(files) > 1]


def _coverage(
    entries: Sequence[Entry],
    scaled: Sequence[Floats],
    tiles: NDArray[np.intp],
    classes: Sequence[str],
    preset: str,
    settings: Settings,
) -> tuple[dict[str, Any], list[Missed]]:
    size, anchors = settings.data.size, settings.model.anchors
    owners = [(entry, name) for entry in entries for name, _ in entry.defects]
    truths = np.concatenate([*scaled, np.zeros((0, 4))])
    best = best_anchors(truths, size, anchors)
    matched = best.overlap >= anchors.match
    names = np.array([name for _, name in owners], object)
    share = float(matched.mean()) if len(truths) else None
    suggestion = None
    if share is not None and share < GOAL:
        found = search_anchors(truths, size, settings.model, len(classes))
        if found.coverage > share:
            suggestion = {
                "share": round(found.coverage, 4),
                "cost": round(found.cost, 3),
                "options": [f'--set "{text}"' for text in found.overrides()],
            }
    document = {
        "preset": preset,
        "size": list(size),
        "match": anchors.match,
        "defects": len(truths),
        "matched": int(matched.sum()),
        "share": None if share is None else round(share, 4),
        "classes": {
            name: {
                "defects": int((names == name).sum()),
                "matched": int(matched[names == name].sum()),
            }
            for name in classes
        },
        "suggestion": suggestion,
    }
    drawn = []
    for place in _worst(best.overlap, matched, names, classes):
        entry, label = owners[place]
        overlap, tile = float(best.overlap[place]), int(tiles[place])
        drawn.append(Missed(entry, label, truths[place], best.boxes[place], overlap, tile))
    return document, drawn


def _worst(
    overlap: Floats, matched: NDArray[np.bool_], names: NDArray[Any], classes: Sequence[str]
) -> list[int]:
    """Unmatched truths, evenly from the worst to the nearly matched, the classes in turn."""
    queues = []
    for name in classes:
        own = np.flatnonzero((names == name) & ~matched)
        own = own[np.argsort(overlap[own], kind="stable")]
        few = np.unique(np.linspace(0, len(own) - 1, min(len(own), _DRAWN)).astype(int))
        queues.append(own[few].tolist())
    turns = [queue[turn] for turn in range(_DRAWN) for queue in queues if turn < len(queue)]
    return turns[:_DRAWN]
