"""The audit as one HTML page that needs no other file."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from auxnet_cli.data.audit.survey import Missed
from auxnet_cli.reports.audit.histograms import bars
from auxnet_cli.reports.audit.markdown import Document, advice, spread, told
from auxnet_cli.reports.audit.pictures import Pictures
from auxnet_cli.settings import Settings

_TEMPLATE = Path(__file__).with_name("page.html.j2")
_GALLERY = """{% if pictures %}<ul class="row">
{% for file, source in pictures %}<li><img src="{{ source }}" alt="">{{ file }}</li>
{% endfor %}</ul>{% endif %}"""

_ROWS = 50
_IMAGES = 6
_GROUPS = 8


def page(
    document: Document, name: str, missed: Sequence[Missed], settings: Settings, pictures: Pictures
) -> str:
    """The page ``audit.html`` of an audit as in ``audit.json``.

    Args:
        document: with ``statistics``, ``near_duplicates`` and ``coverage``.
        name: of the data set.
        missed: defects to draw.
        settings: those that the coverage was found with.
        pictures: makes the pictures.
    """
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    gallery = environment.from_string(_GALLERY)
    figures = document["statistics"]
    histograms = figures["defects"]["histograms"]
    height, width = settings.data.size
    # Drawings first: should the room for pictures run out, thumbnails are what can be spared.
    drawn = list(_drawn(missed, settings, pictures))
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        name=name,
        document=document,
        figures=figures,
        coverage=document["coverage"],
        size=f"{height} × {width}",
        kinds=[_kind(kind, document, pictures) for kind in document["counts"]],
        charts=[
            ("Side, original", "px", histograms["side_original"]),
            ("Side, network size", "px", histograms["side_network"]),
            ("Height over width, network size", "height / width", histograms["ratio_network"]),
        ],
        darkest=_shown(figures["brightness"]["darkest"], pictures),
        brightest=_shown(figures["brightness"]["brightest"], pictures),
        groups=[
            {"number": len(files), "pictures": _shown(files, pictures)}
            for files in sorted(document["near_duplicates"], key=len, reverse=True)[:_GROUPS]
        ],
        drawn=drawn,
        gallery=lambda shown: Markup(gallery.render(pictures=shown)),
        bars=lambda *of: Markup(bars(*of)),
        spread=spread,
        told=told,
        advice=advice,
    )


def _kind(kind: str, document: Document, pictures: Pictures) -> dict[str, Any]:
    found = [finding for finding in document["findings"] if finding["kind"] == kind]
    return {
        "name": kind,
        "number": len(found),
        "shown": found[:_ROWS],
        "pictures": _shown((one["file"] for one in found[:_ROWS]), pictures),
    }


def _shown(files: Iterable[str], pictures: Pictures) -> list[tuple[str, str]]:
    """The first few of the files that can be shown."""
    shown: list[tuple[str, str]] = []
    for file in dict.fromkeys(files):
        source = pictures.thumbnail(file)
        if source is not None:
            shown.append((file, source))
        if len(shown) == _IMAGES:
            break
    return shown


def _drawn(
    missed: Sequence[Missed], settings: Settings, pictures: Pictures
) -> Iterable[dict[str, Any]]:
    for one in missed:
        source = pictures.missed(one, settings)
        if source is not None:
            wide, high = one.truth[2:] - one.truth[:2]
            yield {
                "source": source,
                "label": one.label,
                "sides": f"{wide:.3g} × {high:.3g}",
                "overlap": one.overlap,
                "file": one.entry.file,
            }
