"""The part of the defects that is found, by their size."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from auxnet_cli.reports.charts.canvas import FAINT, INK, WITH_LEGEND, Plot, bars, drawn
from auxnet_cli.scoring.evidence import Evidence, Flaw
from auxnet_cli.scoring.intervals.rates import clopper_pearson

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "sizes"
BINS = 4
TITLES = {"masked": "by a mask", "boxed": "by a box"}


@dataclass(frozen=True)
class Step:
    """The defects of one range of lengths.

    Attributes:
        low, high: shortest and longest of them, in the unit asked for.
        defects: how many there are.
        found: by ``masked`` and ``boxed``, how many were; without the head, no entry.
    """

    low: float
    high: float
    defects: int
    found: dict[str, int]

    def rate(self, head: str) -> tuple[float, tuple[float, float]]:
        """The part found and its 95 % interval by Clopper and Pearson."""
        hits = self.found[head]
        return hits / self.defects, clopper_pearson(hits, self.defects)


def size_steps(evidence: Sequence[Evidence], scale: float = 1.0) -> list[Step]:
    """The defects in up to four steps of length, about as many in each; equal lengths stay one.

    Args:
        evidence: the images.
        scale: units of length a pixel.
    """
    flaws = [flaw for image in evidence for flaw in image.flaws]
    if not flaws:
        return []
    lengths = np.array([flaw.length for flaw in flaws])
    edges = np.quantile(lengths, np.linspace(0, 1, BINS + 1)[1:-1])
    place = np.searchsorted(edges, lengths, side="left")
    return [
        _step([flaw for flaw, own in zip(flaws, place, strict=True) if own == step], scale)
        for step in np.unique(place)
    ]


def _step(flaws: Sequence[Flaw], scale: float) -> Step:
    lengths = [scale * flaw.length for flaw in flaws]
    found = {
        head: sum(bool(getattr(flaw, head)) for flaw in flaws)
        for head in TITLES
        if all(getattr(flaw, head) is not None for flaw in flaws)
    }
    return Step(min(lengths), max(lengths), len(flaws), found)


def size_plot(steps: Sequence[Step], unit: str = "px") -> Plot | None:
    """Bars with their intervals; ``None`` where no head finds single defects.

    Args:
        steps: the defects.
        unit: of their lengths, ``px`` or ``mm``.
    """
    heads = [head for head in TITLES if steps and all(head in step.found for step in steps)]
    if not heads:
        return None
    width = 0.8 / len(heads)

    def draw(figure: "Figure") -> None:
        axis = figure.subplots()
        for order, head in enumerate(heads):
            places = [step + width * (order - (len(heads) - 1) / 2) for step in range(len(steps))]
            rates = [step.rate(head) for step in steps]
            tops = [rate for rate, _ in rates]
            spread = [
                [max(0.0, rate - low) for rate, (low, _) in rates],
                [max(0.0, high - rate) for rate, (_, high) in rates],
            ]
            axis.bar(
                places,
                tops,
                0.9 * width,
                **bars(order),
                label=TITLES[head],
            )
            axis.errorbar(places, tops, yerr=spread, fmt="none", ecolor=INK, capsize=3, linewidth=1)
        axis.set_xticks(
            range(len(steps)), [f"{_range(step, unit)}\n{step.defects}" for step in steps]
        )
        axis.set(ylim=(0, 1.02), ylabel="part found", xlabel=f"length in {unit}, and defects")
        axis.grid(axis="y", color=FAINT, alpha=0.25, linewidth=0.6)
        axis.set_axisbelow(True)
        figure.legend(loc="upper center", ncols=2)

    told = "; ".join(
        f"{_range(step, unit)} {unit}: "
        + ", ".join(f"{step.rate(head)[0]:.0%} {TITLES[head]}" for head in heads)
        for step in steps
    )
    return Plot(
        NAME,
        "Defects found, by length",
        "Part of the true defects that a mask of any class touches, or that a confident box of any "
        "class overlaps with an IoU of at least 0.1; with 95 % intervals (Clopper-Pearson). Each "
        "step holds about a quarter of the defects.",
        told,
        drawn(NAME, draw, margins={**WITH_LEGEND, "bottom": 0.19}),
    )


def _range(step: Step, unit: str) -> str:
    digits = ".0f" if unit == "px" else ".3g"
    low, high = f"{step.low:{digits}}", f"{step.high:{digits}}"
    return low if low == high else f"{low}-{high}"
