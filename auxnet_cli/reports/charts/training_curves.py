"""Draws the course of a training, and of a range test of the learning rate, as PNG."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from auxnet_cli.documents.training_result import EpochLine
from auxnet_cli.system.files import whole_file
from auxnet_cli.task import TASKS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LOSSES = ("loss", *(task.section for task in TASKS.values()))


def save_curves(history: Sequence[EpochLine], path: Path) -> None:
    """Draws losses, validation scores and the learning rate over the epochs, as a PNG.

    An epoch has ``epoch``, ``learning_rate``, and the training losses ``loss``, ``classification``,
    ``segmentation`` and ``detection``, with or without the ending ``_loss``; the same with ``val_``
    before are drawn dashed. Any other ``val_*`` is a score or a rate of 0-1. Keys may be absent, or
    ``None``, where an epoch was not validated.
    """
    names = list(dict.fromkeys(name for epoch in history for name in epoch))
    losses = [name for name in names if _is_loss(name)]
    scores = [name for name in names if name.startswith("val_") and name not in losses]
    rates = [name for name in names if name == "learning_rate"]
    figure = _figure(12, 3.6)
    # Computing the margins would take as long as all the rest, at every epoch.
    margins = {"left": 0.04, "right": 0.99, "bottom": 0.14, "top": 0.9, "wspace": 0.16}
    axes = figure.subplots(1, 3, gridspec_kw=margins)
    titles = ("Loss", "Validation score", "Learning rate")
    for axis, title, shown in zip(axes, titles, (losses, scores, rates), strict=True):
        _draw_panel(axis, history, shown)
        axis.set(title=title, xlabel="epoch")
        axis.grid(alpha=0.3)
    # Learned weights of the heads can take the joint loss below 0.
    axes[0].set_ylim(bottom=min(0.0, axes[0].dataLim.y0))
    axes[1].set_ylim(-0.02, 1.02)
    axes[2].ticklabel_format(axis="y", style="sci", scilimits=(-2, 2))
    _save(figure, path)


def save_range_chart(
    rates: Sequence[float], losses: Sequence[float], peak: float, path: Path
) -> None:
    """Draws the smoothed loss of each step over its learning rate, and the peak that was chosen."""
    figure = _figure(7, 4, layout="constrained")
    axis = figure.subplots()
    axis.plot(rates, losses)
    axis.axvline(peak, color="tab:red", linestyle="--", label=f"peak {peak:.2g}")
    axis.set(xscale="log", xlabel="learning rate", ylabel="loss, smoothed", title="Range test")
    # A diverging loss would hide the valley.
    low, first = min(losses), losses[0]
    axis.set_ylim(low - 0.1 * (first - low) - 1e-3, low + 1.5 * (first - low) + 1e-2)
    axis.grid(alpha=0.3)
    axis.legend()
    _save(figure, path)


def _figure(width: float, height: float, layout: Literal["constrained"] | None = None) -> "Figure":
    # Not pyplot, which keeps figures alive and opens a display where there is one.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout=layout)
    FigureCanvasAgg(figure)
    return figure


def _save(figure: "Figure", path: Path) -> None:
    with whole_file(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110)


def _is_loss(name: str) -> bool:
    stem = name.removeprefix("val_")
    return stem in _LOSSES or stem.endswith("_loss")


def _draw_panel(axis: "Axes", history: Sequence[EpochLine], names: Sequence[str]) -> None:
    """Draws a line a name; a validation loss is dashed in the colour of its training loss.

    Among scores, escape and false-alarm rates are dotted, because they should fall.
    """
    from matplotlib.ticker import MaxNLocator

    colours: dict[str, str] = {}
    for name in names:
        points = [(epoch["epoch"], epoch[name]) for epoch in history if epoch.get(name) is not None]
        if not points:
            continue
        label = name.removeprefix("val_").removesuffix("_loss").replace("_", " ")
        is_second = label in colours
        falling = name.startswith("val_") and name.endswith("_rate")
        (line,) = axis.plot(
            *zip(*points, strict=True),
            color=colours.get(label),
            linestyle="--" if is_second else ":" if falling else "-",
            marker="o" if len(points) == 1 else "",
            label=f"{label}, validation" if is_second else label,
        )
        colours.setdefault(label, line.get_color())
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(colours) > 1:
        axis.legend(fontsize="small")
