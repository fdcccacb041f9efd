"""The three parts of Dice, class by class: found at all, how well, and quiet elsewhere."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from auxnet_cli.reports.charts.canvas import Plot, bars, drawn, label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "dice-parts"
PARTS = (
    ("detected_rate", "detected"),
    ("dice_when_detected", "Dice when detected"),
    ("quiet_rate", "quiet"),
)


def dice_parts_plot(per_class: Mapping[str, Mapping[str, Any]]) -> Plot:
    """Three bars a class from ``segmentation.per_class`` of a report; an absent figure says so."""
    names = list(per_class)

    def draw(figure: "Figure") -> None:
        axis = figure.subplots()
        for order, (key, title) in enumerate(PARTS):
            places = [row + 0.27 * (order - 1) for row in range(len(names))]
            values = [per_class[name][key] for name in names]
            axis.barh(
                places,
                [value or 0.0 for value in values],
                height=0.25,
                **bars(order),
                label=title,
            )
            for place, value in zip(places, values, strict=True):
                text = "none" if value is None else f"{value:.2f}"
                axis.text((value or 0.0) + 0.01, place, text, va="center", fontsize=8)
        axis.set_yticks(range(len(names)), [label(name, 14) for name in names])
        axis.set(xlim=(0, 1.12), xlabel="part of the images, or Dice")
        axis.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
        axis.tick_params(axis="y", length=0)
        axis.invert_yaxis()
        figure.legend(loc="outside upper center", ncols=3)

    return Plot(
        NAME,
        "The three parts of Dice",
        "Detected: part of the images with the class on which its mask touches the defect. Dice "
        "when detected: how well it fits there. Quiet: part of the images without the class on "
        "which nothing of it is found.",
        "The values stand in the table above.",
        drawn(NAME, draw, height=max(2.2, 0.9 + 0.62 * len(names)), margins=None),
    )
