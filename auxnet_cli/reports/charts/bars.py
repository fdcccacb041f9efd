"""Draws bar charts: the parts of Dice by class, and the defects found by their length."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from auxnet_cli.reports.charts.chart import (
    INK,
    Chart,
    line_colour,
    new_canvas,
    short_label,
    value_grid,
)
from auxnet_cli.reports.table import Document
from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.scoring.intervals.rates import clopper_pearson
from auxnet_cli.task import TASKS

_DICE_PARTS = {
    "detected_rate": "detected",
    "dice_when_detected": "Dice when detected",
    "quiet_rate": "quiet",
}
_HEADS = dict(task.flaw for task in TASKS.values() if task.flaw)
_BINS = 4
_OUTLINE = {"edgecolor": line_colour(0), "linewidth": 0.8}
# Dark, hatched and pale, which differ in grey too.
_BAR_STYLES: tuple[dict[str, Any], ...] = (
    {**_OUTLINE, "color": line_colour(0)},
    {**_OUTLINE, "color": "white", "hatch": "///"},
    {**_OUTLINE, "color": "#dfe5ea"},
)


def dice_parts_chart(per_class: Document) -> Chart:
    """Draws three bars a class from ``segmentation.per_class`` of a report.

    They show whether defects are detected at all, how well their masks fit, and how quiet the other
    images are.
    """
    names = list(per_class)

    with new_canvas(
        "dice-parts", height=max(2.2, 0.9 + 0.62 * len(names)), compute_margins=True
    ) as canvas:
        axis = canvas.figure.subplots()
        for index, (key, title) in enumerate(_DICE_PARTS.items()):
            rows = [row + 0.27 * (index - 1) for row in range(len(names))]
            values = [per_class[name][key] for name in names]
            lengths = [value or 0.0 for value in values]
            axis.barh(rows, lengths, height=0.25, **_BAR_STYLES[index], label=title)
            for row, length, value in zip(rows, lengths, values, strict=True):
                text = "none" if value is None else f"{value:.2f}"
                axis.text(length + 0.01, row, text, va="center", fontsize=8)
        axis.set_yticks(range(len(names)), [short_label(name, 14) for name in names])
        axis.set(xlim=(0, 1.12), xlabel="part of the images, or Dice")
        axis.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
        axis.tick_params(axis="y", length=0)
        axis.invert_yaxis()
        canvas.figure.legend(loc="outside upper center", ncols=3)

    return canvas.chart(
        "The three parts of Dice",
        "Detected: part of the images with the class on which its mask touches the defect. Dice "
        "when detected: how well it fits there. Quiet: part of the images without the class on "
        "which nothing of it is found.",
        "The values stand in the table above.",
    )


@dataclass(frozen=True)
class LengthBin:
    """The number of defects from the length ``low`` to ``high``, in the unit of the chart.

    ``detected`` is how many of them are ``masked`` and ``boxed``; a head that the model lacks has
    no entry.
    """

    low: float
    high: float
    defects: int
    detected: dict[str, int]

    def range(self, unit: str) -> str:
        """Returns the lengths as text."""
        digits = ".0f" if unit == "px" else ".3g"
        return "-".join(dict.fromkeys(f"{length:{digits}}" for length in (self.low, self.high)))


def length_bins(evidence: Sequence[Evidence], scale: float = 1.0) -> list[LengthBin]:
    """Sorts the defects into up to four bins of about as many; equal lengths share a bin.

    ``scale`` is the side of a pixel in the unit of the lengths.
    """
    flaws = [flaw for image in evidence for flaw in image.flaws]
    if not flaws:
        return []
    lengths = np.array([flaw.length for flaw in flaws])
    edges = np.quantile(lengths, np.linspace(0, 1, _BINS + 1)[1:-1])
    bin_of = np.searchsorted(edges, lengths, side="left")
    bins = []
    for index in np.unique(bin_of):
        inside = [flaws[number] for number in np.flatnonzero(bin_of == index)]
        detected = {
            head: sum(bool(getattr(flaw, head)) for flaw in inside)
            for head in _HEADS
            if all(getattr(flaw, head) is not None for flaw in inside)
        }
        ends = [scale * flaw.length for flaw in inside]
        bins.append(LengthBin(min(ends), max(ends), len(inside), detected))
    return bins


def length_chart(bins: Sequence[LengthBin], unit: str = "px") -> Chart | None:
    """Draws the part found of each bin with its interval; ``None`` where no head finds defects.

    ``unit`` is that of the lengths, ``px`` or ``mm``.
    """
    heads = [head for head in _HEADS if bins and all(head in step.detected for step in bins)]
    if not heads:
        return None
    width = 0.8 / len(heads)

    with new_canvas("sizes", margins={"top": 0.88, "bottom": 0.19}) as canvas:
        axis = canvas.figure.subplots()
        for index, head in enumerate(heads):
            offset = width * (index - (len(heads) - 1) / 2)
            xs = [step + offset for step in range(len(bins))]
            rates = np.array([step.detected[head] / step.defects for step in bins])
            bounds = [clopper_pearson(step.detected[head], step.defects) for step in bins]
            low, high = np.transpose(bounds)
            axis.bar(xs, rates, 0.9 * width, **_BAR_STYLES[index], label=_HEADS[head])
            errors = np.maximum(0.0, [rates - low, high - rates])
            axis.errorbar(xs, rates, yerr=errors, fmt="none", ecolor=INK, capsize=3, linewidth=1)
        ticks = [f"{step.range(unit)}\n{step.defects}" for step in bins]
        axis.set_xticks(range(len(bins)), ticks)
        axis.set(ylim=(0, 1.02), ylabel="part found", xlabel=f"length in {unit}, and defects")
        value_grid(axis, "y")
        canvas.figure.legend(loc="upper center", ncols=2)

    description = "; ".join(
        f"{step.range(unit)} {unit}: "
        + ", ".join(f"{step.detected[head] / step.defects:.0%} {_HEADS[head]}" for head in heads)
        for step in bins
    )
    return canvas.chart(
        "Defects found, by length",
        "Part of the true defects that a mask of any class touches, or that a confident box of any "
        "class overlaps with an IoU of at least 0.1; with 95 % intervals (Clopper-Pearson). Each "
        "step holds about a quarter of the defects.",
        description,
    )
