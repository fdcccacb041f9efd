"""The sheet that all drawings are made on: SVG, the same bytes each time, fit to stand in a page.

Text stays text, which is smaller than outlines and can be searched and read out.
"""

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

from auxnet_cli.reports.palette import PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 4.6, 3.4
"""Of a drawing, inches: about the width of a phone, so that letters need not shrink there."""

PLAIN = {"left": 0.13, "right": 0.97, "bottom": 0.14, "top": 0.97}
WITH_LEGEND = {**PLAIN, "top": 0.88}
"""Rooms around the axes, as parts of the drawing: the second has some for a legend above."""

INK, FAINT, BAR = "#1d2329", "#59636e", "#0072b2"
LINES = ("-", "--", "-.", ":")
MARKS = ("o", "s", "^", "D", "v", "P", "X")

_SETTINGS = {
    "svg.fonttype": "none",
    # A class may be called "$x$": it is a name, no formula.
    "text.parse_math": False,
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": True,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Segoe UI", "Roboto", "Helvetica", "Arial", "sans-serif"],
    "font.size": 9.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.grid": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "legend.handlelength": 3.2,
    "hatch.linewidth": 0.7,
    "path.simplify": True,
}
_SAFE = [(0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (230, 159, 0)]
assert set(_SAFE) < set(PALETTE)


@dataclass(frozen=True)
class Plot:
    """One drawing.

    Attributes:
        name: of its file, without suffix.
        title: what it shows, a few words.
        words: what can be read from it, for the caption.
        spoken: what a screen reader says in its place.
        svg: a whole SVG document.
    """

    name: str
    title: str
    words: str
    spoken: str
    svg: str

    @property
    def inline(self) -> str:
        """The SVG element alone, to be put into a page beside others."""
        label = escape(f"{self.title}. {self.spoken}")
        body = self.svg[self.svg.index("<svg") :]
        # The style rule would hold for the whole page; the page has it itself.
        body = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", body, flags=re.DOTALL)
        body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
        used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', body))
        body = re.sub(
            r' id="([^"]*)"',
            lambda found: f' id="{self.name}-{found[1]}"' if found[1] in used else "",
            body,
        )
        body = re.sub(r'(url\(#|href="#)', rf"\g<1>{self.name}-", body)
        return re.sub(r"<svg ", f'<svg role="img" aria-label="{label}" ', body, count=1)


def drawn(
    name: str,
    draw: "Callable[[Figure], None]",
    width: float = WIDTH,
    height: float = HEIGHT,
    margins: Mapping[str, float] | None = PLAIN,
) -> str:
    """An SVG document.

    Args:
        name: what its ids are made from, other than those of other drawings of the page.
        draw: puts axes and all else on the figure.
        width: inches.
        height: inches.
        margins: room around the axes, as parts of the whole; ``None`` computes it, which takes as
            long as the drawing itself.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    text = StringIO()
    with rc_context({**_SETTINGS, "svg.hashsalt": name}), warnings.catch_warnings():
        # The browser has the letters that DejaVu Sans lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure = Figure(figsize=(width, height), layout=None if margins else "constrained")
        FigureCanvasSVG(figure)
        if margins:
            figure.subplots_adjust(**margins)
        draw(figure)
        figure.savefig(
            text,
            format="svg",
            transparent=True,
            metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")),
        )
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def bars(order: int) -> dict[str, Any]:
    """The look of a group of bars: dark, hatched or pale, told apart in grey."""
    looks: tuple[dict[str, Any], ...] = (
        {"color": tone(0)},
        {"color": "white", "hatch": "///"},
        {"color": "#dfe5ea"},
    )
    return {**looks[order], "edgecolor": tone(0), "linewidth": 0.8}


def tone(place: int) -> tuple[float, float, float]:
    """A colour for the line or bar at ``place``: dark enough on white; repeats after six."""
    red, green, blue = _SAFE[place % len(_SAFE)]
    return red / 255, green / 255, blue / 255


def label(text: str, most: int = 24) -> str:
    """A name as a drawing can hold it: printable, short, and not hidden by matplotlib's ``_``."""
    text = "".join(letter if letter.isprintable() else "�" for letter in text)
    text = text if len(text) <= most else text[: most - 1] + "…"
    return f" {text}" if text.startswith("_") else text


def unit_square(axis: "Axes", across: str, up: str) -> None:
    """Both axes from 0 to 1, with a faint grid."""
    axis.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=across, ylabel=up)
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.grid(color="#d5dae0", linewidth=0.6)
    axis.set_axisbelow(True)
