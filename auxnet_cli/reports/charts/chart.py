"""Draws charts as SVG that is the same bytes each time and can stand inside an HTML page.

Text stays text, which is smaller than outlines, and can be searched and read out.
"""

import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Literal

from auxnet_cli.reports.palette import PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_WIDTH, _HEIGHT = 4.6, 3.4
"""Size of a chart in inches: about the width of a phone, so that letters need not shrink there."""
_MARGINS = {"left": 0.13, "right": 0.97, "bottom": 0.14, "top": 0.97}

INK, FAINT = "#1d2329", "#59636e"

_STYLE = {
    "svg.fonttype": "none",
    # A class may be called "$x$", which is no formula.
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
# The classes' colours without yellow, which is too pale for lines on white.
_LINE_COLOURS = [PALETTE[index] for index in (6, 5, 3, 2, 1, 0)]


@dataclass(frozen=True)
class Chart:
    """A whole SVG document, with its title and how to read it (``caption``).

    ``name`` is its file without suffix; ``description`` is what a screen reader says in its place.
    """

    name: str
    title: str
    caption: str
    description: str
    svg: str

    @property
    def inline(self) -> str:
        """The SVG element alone, to stand in a page beside those of other charts."""
        label = escape(f"{self.title}. {self.description}")
        body = self.svg[self.svg.index("<svg") :]
        # The style rule would hold for the whole page, which has it already.
        body = re.sub(r"<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", body, flags=re.DOTALL)
        body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
        used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', body))
        body = re.sub(
            r' id="([^"]*)"',
            lambda match: f' id="{self.name}-{match[1]}"' if match[1] in used else "",
            body,
        )
        body = re.sub(r'(url\(#|href="#)', rf"\g<1>{self.name}-", body)
        return re.sub(r"<svg ", f'<svg role="img" aria-label="{label}" ', body, count=1)


@dataclass
class Canvas:
    """A figure to draw a chart on; the chart is there after :func:`new_canvas` is left."""

    name: str
    figure: "Figure"
    svg: str = ""

    def chart(self, title: str, caption: str, description: str) -> Chart:
        """Returns the chart."""
        return Chart(self.name, title, caption, description, self.svg)


@contextmanager
def new_canvas(
    name: str,
    width: float = _WIDTH,
    height: float = _HEIGHT,
    margins: Mapping[str, float] | None = None,
    compute_margins: bool = False,
) -> Iterator[Canvas]:
    """Opens a canvas in the common style of charts.

    Args:
        name: of the chart; the ids in the SVG are made from it.
        width: in inches, like ``height``.
        height: in inches.
        margins: those around the axes that are not the usual ones, as fractions of the chart.
        compute_margins: make room for long names, which takes as long as drawing itself.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context({**_STYLE, "svg.hashsalt": name}), warnings.catch_warnings():
        # Browsers find letters that DejaVu Sans lacks in other fonts.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        canvas = Canvas(name, Figure(figsize=(width, height)))
        FigureCanvasSVG(canvas.figure)
        if compute_margins:
            canvas.figure.set_layout_engine("constrained")
        else:
            canvas.figure.subplots_adjust(**{**_MARGINS, **(margins or {})})
        yield canvas
        text = StringIO()
        no_metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        canvas.figure.savefig(text, format="svg", transparent=True, metadata=no_metadata)
    canvas.svg = "".join(f"{line.rstrip()}\n" for line in text.getvalue().splitlines())


def line_colour(index: int) -> tuple[float, float, float]:
    """Returns a colour that is dark enough on white; colours repeat after six."""
    red, green, blue = _LINE_COLOURS[index % len(_LINE_COLOURS)]
    return red / 255, green / 255, blue / 255


def short_label(text: str, length: int = 24) -> str:
    """Returns a printable, short name, which matplotlib does not hide for a leading ``_``."""
    text = "".join(letter if letter.isprintable() else "�" for letter in text)
    text = text if len(text) <= length else text[: length - 1] + "…"
    return f" {text}" if text.startswith("_") else text


def value_grid(axis: "Axes", direction: Literal["x", "y"]) -> None:
    """Draws faint lines behind bars and marks, across (``x``) or up (``y``) the value axis."""
    axis.grid(axis=direction, color=FAINT, alpha=0.25, linewidth=0.6)
    axis.set_axisbelow(True)


def unit_square(axis: "Axes", xlabel: str, ylabel: str) -> None:
    """Sets both axes to 0-1, with a faint grid."""
    axis.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), xlabel=xlabel, ylabel=ylabel)
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.grid(color="#d5dae0", linewidth=0.6)
    axis.set_axisbelow(True)
