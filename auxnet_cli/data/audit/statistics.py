"""What a data set holds, in figures: classes, sizes and shapes of defects, brightness of images."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit.anchor_coverage import Floats
from auxnet_cli.data.common_format import Entry

TINY = 3
"""Defects of so many pixels or fewer are counted apart: they are often slips of the pen."""

_POINTS = (0, 5, 25, 50, 75, 95, 100)
_SIZES = 8
_EXTREMES = 3

# Edges that people can read: sides double, ratios go by 1.5 on either side of 1.
SIDES = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, float("inf"))
RATIOS = (0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.4, 2, 2.8, 5, 10, 20, float("inf"))
GREYS = tuple(range(0, 257, 16))


def statistics(
    entries: Sequence[Entry],
    brightness: Floats,
    scaled: Sequence[Floats],
    classes: Sequence[str],
    counts: Mapping[str, Any],
) -> dict[str, Any]:
    """Everything as one JSON-able document.

    Args:
        entries: the images.
        brightness: (images,) mean grey, 0-255.
        scaled: of each image (defects, 4) boxes x1, y1, x2, y2 in pixels of the network's input.
        classes: in order.
        counts: images by split and class, as in ``dataset.yaml``.
    """
    owners = [(entry, name) for entry in entries for name, _ in entry.defects]
    names = np.array([name for _, name in owners], object)
    areas = np.array([shape.area for entry in entries for _, shape in entry.defects], float)
    own = np.array([shape.box[2:] for entry in entries for _, shape in entry.defects], float)
    seen = np.concatenate([*scaled, np.zeros((0, 4))])
    seen = seen[:, 2:] - seen[:, :2]
    per_class = {}
    for name in classes:
        chosen = names == name
        per_class[name] = {
            "images": sum(name in entry.classes for entry in entries),
            "defects": int(chosen.sum()),
            "tiny": int((areas[chosen] <= TINY).sum()),
            "area_px": percentiles(areas[chosen]),
            "network": _shapes(seen.reshape(-1, 2)[chosen]),
            "original": _shapes(own.reshape(-1, 2)[chosen]),
        }
    seen, own = seen.reshape(-1, 2), own.reshape(-1, 2)
    return {
        "splits": dict(counts),
        "image_sizes": _image_sizes(entries),
        "brightness": percentiles(brightness)
        | {
            "histogram": histogram(brightness, GREYS),
            "darkest": _extremes(entries, brightness),
            "brightest": _extremes(entries, -brightness),
        },
        "defects": {
            "number": len(owners),
            "tiny": int((areas <= TINY).sum()),
            "thinner_than_1_px_at_network_size": int((seen.min(axis=1, initial=np.inf) < 1).sum()),
            "original": _shapes(own),
            "network": _shapes(seen),
            "histograms": {
                "side_original": histogram(np.sqrt(own.prod(axis=1)), SIDES),
                "side_network": histogram(np.sqrt(seen.prod(axis=1)), SIDES),
                "ratio_network": histogram(_ratio(seen), RATIOS),
            },
        },
        "classes": per_class,
    }


def percentiles(values: NDArray[Any]) -> dict[str, float] | dict[str, None]:
    """Least, greatest and five percentiles between; ``None`` where there is no value."""
    names = ["min" if p == 0 else "max" if p == 100 else f"p{p}" for p in _POINTS]
    if not len(values):
        return dict.fromkeys(names)
    found = np.percentile(values.astype(np.float64), _POINTS)
    return {name: round(float(value), 3) for name, value in zip(names, found, strict=True)}


def histogram(values: NDArray[Any], edges: Sequence[float]) -> list[dict[str, Any]]:
    """Values from each edge to below the next; empty bins at either end are left out."""
    places = np.searchsorted(np.array(edges, float), values, side="right") - 1
    numbers = np.bincount(places.astype(int), minlength=len(edges) - 1)
    used = np.flatnonzero(numbers)
    if not len(used):
        return []
    return [
        {
            "from": edges[place],
            "to": edges[place + 1] if np.isfinite(edges[place + 1]) else None,
            "number": int(numbers[place]),
        }
        for place in range(used[0], used[-1] + 1)
    ]


def _shapes(sides: Floats) -> dict[str, Any]:
    """Percentiles of (boxes, 2) widths and heights."""
    return {
        "side": percentiles(np.sqrt(sides.prod(axis=1))),
        "width": percentiles(sides[:, 0]),
        "height": percentiles(sides[:, 1]),
        "height_over_width": percentiles(_ratio(sides)),
    }


def _ratio(sides: Floats) -> Floats:
    """Height over width; boxes of no extent count as square."""
    least = np.maximum(sides, 1e-6)
    return least[:, 1] / least[:, 0]


def _image_sizes(entries: Sequence[Entry]) -> dict[str, Any]:
    common = Counter((entry.width, entry.height) for entry in entries)
    first = sorted(common.items(), key=lambda item: (-item[1], item[0]))[:_SIZES]
    return {
        "different": len(common),
        "commonest": [
            {"width": width, "height": height, "images": number}
            for (width, height), number in first
        ],
    }


def _extremes(entries: Sequence[Entry], keys: Floats) -> list[str]:
    order = np.argsort(keys, kind="stable")[:_EXTREMES]
    return [entries[place].file for place in order]
