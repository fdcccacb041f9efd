"""Computes what a data set contains: classes, sizes and shapes of defects, brightness of images."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.audit.anchor_coverage import Floats
from auxnet_cli.data.common_format import Entry
from auxnet_cli.documents.audit import (
    BoxShapes,
    Brightness,
    ClassStatistics,
    DefectHistograms,
    DefectStatistics,
    HistogramBin,
    ImageSize,
    ImageSizes,
    Percentiles,
    Statistics,
)
from auxnet_cli.documents.dataset_card import SplitCounts

TINY = 3
"""Pixels up to which a defect is counted apart: many of them are slips of the pen."""

_POINTS = {"min": 0, "p5": 5, "p25": 25, "p50": 50, "p75": 75, "p95": 95, "max": 100}
_SIZES = 8
_EXTREMES = 3

# Edges that are easy to read: sides double, ratios grow by about 1.5 on either side of 1.
SIDES = (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, float("inf"))
RATIOS = (0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 1.4, 2, 2.8, 5, 10, 20, float("inf"))
GREYS = tuple(range(0, 257, 16))


def statistics(
    entries: Sequence[Entry],
    brightness: Floats,
    scaled: Sequence[Floats],
    classes: Sequence[str],
    counts: Mapping[str, SplitCounts],
) -> Statistics:
    """Computes all statistics.

    ``brightness`` is the mean grey of each image, 0-255; ``scaled`` has for each image the boxes of
    its defects, (defects, 4) x1, y1, x2, y2 in pixels of the network's input.
    """
    defects = [(name, shape) for entry in entries for name, shape in entry.defects]
    names = np.array([name for name, _ in defects], object)
    areas = np.array([shape.area for _, shape in defects], float)
    original = np.array([shape.box[2:] for _, shape in defects], float).reshape(-1, 2)
    boxes = np.concatenate([*scaled, np.zeros((0, 4))])
    network = boxes[:, 2:] - boxes[:, :2]
    per_class = {}
    for name in classes:
        chosen = names == name
        per_class[name] = ClassStatistics(
            images=sum(name in entry.classes for entry in entries),
            defects=int(chosen.sum()),
            tiny=int((areas[chosen] <= TINY).sum()),
            area_px=percentiles(areas[chosen]),
            network=_box_shapes(network[chosen]),
            original=_box_shapes(original[chosen]),
        )
    return Statistics(
        splits=dict(counts),
        image_sizes=_image_sizes(entries),
        brightness=Brightness(
            **percentiles(brightness).model_dump(),
            histogram=histogram(brightness, GREYS),
            darkest=_extremes(entries, brightness),
            brightest=_extremes(entries, -brightness),
        ),
        defects=DefectStatistics(
            number=len(defects),
            tiny=int((areas <= TINY).sum()),
            thinner_than_1_px_at_network_size=int((network.min(axis=1, initial=np.inf) < 1).sum()),
            original=_box_shapes(original),
            network=_box_shapes(network),
            histograms=DefectHistograms(
                side_original=histogram(np.sqrt(original.prod(axis=1)), SIDES),
                side_network=histogram(np.sqrt(network.prod(axis=1)), SIDES),
                ratio_network=histogram(_height_over_width(network), RATIOS),
            ),
        ),
        classes=per_class,
    )


def percentiles(values: NDArray[Any]) -> Percentiles:
    """Returns the minimum, the maximum and five percentiles, rounded to 0.001."""
    if not len(values):
        return Percentiles(**dict.fromkeys(_POINTS))
    computed = np.percentile(values.astype(np.float64), list(_POINTS.values()))
    rounded = (round(float(value), 3) for value in computed)
    return Percentiles(**dict(zip(_POINTS, rounded, strict=True)))


def histogram(values: NDArray[Any], edges: Sequence[float]) -> list[HistogramBin]:
    """Counts the values from each edge to below the next; empty bins at the ends are left out."""
    bins = np.searchsorted(np.array(edges, float), values, side="right") - 1
    numbers = np.bincount(bins.astype(int), minlength=len(edges) - 1)
    used = np.flatnonzero(numbers)
    return [
        HistogramBin(
            start=edges[index],
            end=edges[index + 1] if np.isfinite(edges[index + 1]) else None,
            number=int(numbers[index]),
        )
        for index in (range(used[0], used[-1] + 1) if len(used) else ())
    ]


def _box_shapes(sides: Floats) -> BoxShapes:
    """Summarises (boxes, 2) widths and heights."""
    return BoxShapes(
        side=percentiles(np.sqrt(sides.prod(axis=1))),
        width=percentiles(sides[:, 0]),
        height=percentiles(sides[:, 1]),
        height_over_width=percentiles(_height_over_width(sides)),
    )


def _height_over_width(sides: Floats) -> Floats:
    """Returns the ratio; boxes without extent count as square."""
    positive = np.maximum(sides, 1e-6)
    return positive[:, 1] / positive[:, 0]


def _image_sizes(entries: Sequence[Entry]) -> ImageSizes:
    numbers = Counter((entry.width, entry.height) for entry in entries)
    commonest = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))[:_SIZES]
    return ImageSizes(
        different=len(numbers),
        commonest=[
            ImageSize(width=width, height=height, images=number)
            for (width, height), number in commonest
        ],
    )


def _extremes(entries: Sequence[Entry], keys: Floats) -> list[str]:
    return [entries[index].file for index in np.argsort(keys, kind="stable")[:_EXTREMES]]
