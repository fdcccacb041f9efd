"""The course of a training as a picture."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auxnet_cli.system.files import whole_file

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Epoch = Mapping[str, Any]

LOSSES = ("loss", "classification", "segmentation", "detection")


def save_curves(history: Sequence[Epoch], path: Path) -> None:
    """Draw losses, validation scores and the learning rate over the epochs.

    Args:
        history: one mapping an epoch: ``epoch``; the training losses ``loss``, ``classification``,
            ``segmentation``, ``detection``, with or without the ending ``_loss``, and the same with
            ``val_`` before (drawn dashed); any other ``val_*`` is a score or a rate
            of 0-1; ``learning_rate``. Keys may be absent, or ``None``, where an epoch was not
            validated.
        path: the PNG to write.
    """
    # Not pyplot: it keeps figures alive and wants a display where there is one.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = list(dict.fromkeys(name for epoch in history for name in epoch))
    losses = [name for name in names if _is_loss(name)]
    scores = [name for name in names if name.startswith("val_") and name not in losses]
    rates = [name for name in names if name == "learning_rate"]
    figure = Figure(figsize=(12, 3.6))
    FigureCanvasAgg(figure)
    # Fixed margins: a layout that is computed takes as long as all the rest, at every epoch.
    margins = {"left": 0.04, "right": 0.99, "bottom": 0.14, "top": 0.9, "wspace": 0.16}
    axes = figure.subplots(1, 3, gridspec_kw=margins)
    for axis, title, shown in zip(
        axes, ("Loss", "Validation score", "Learning rate"), (losses, scores, rates), strict=True
    ):
        _draw(axis, history, shown)
        axis.set(title=title, xlabel="epoch")
        axis.grid(alpha=0.3)
    # Learned weights of the heads can take the joint loss below 0.
    axes[0].set_ylim(bottom=min(0.0, axes[0].dataLim.y0))
    axes[1].set_ylim(-0.02, 1.02)
    axes[2].ticklabel_format(axis="y", style="sci", scilimits=(-2, 2))
    with whole_file(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110)


def _is_loss(name: str) -> bool:
    stem = name.removeprefix("val_")
    return stem in LOSSES or stem.endswith("_loss")


def _label(name: str) -> str:
    return name.removeprefix("val_").removesuffix("_loss").replace("_", " ")


def _draw(axis: "Axes", history: Sequence[Epoch], names: Sequence[str]) -> None:
    """One line a name; a validation's loss has its training loss's colour, dashed.

    Among scores an escape or false-alarm rate is dotted: it is to fall.
    """
    from matplotlib.ticker import MaxNLocator

    colours: dict[str, str] = {}
    for name in names:
        points = [(epoch["epoch"], epoch[name]) for epoch in history if epoch.get(name) is not None]
        if not points:
            continue
        label = _label(name)
        known = label in colours
        falling = name.startswith("val_") and name.endswith("_rate")
        style = "--" if known else ":" if falling else "-"
        (line,) = axis.plot(
            *zip(*points, strict=True),
            color=colours.get(label),
            linestyle=style,
            marker="o" if len(points) == 1 else "",
            label=f"{label}, validation" if known else label,
        )
        colours.setdefault(label, line.get_color())
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    if len(colours) > 1:
        axis.legend(fontsize="small")
