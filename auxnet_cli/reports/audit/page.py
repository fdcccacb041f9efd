"""Renders the audit as one HTML page that needs no other file."""

from collections.abc import Iterable

from auxnet_cli.data.audit.survey import Survey
from auxnet_cli.reports.audit import wording
from auxnet_cli.reports.audit.pictures import Pictures
from auxnet_cli.reports.templates import render
from auxnet_cli.settings import Settings

_ROWS = 50  # of a table of findings
_IMAGES = 6
_GROUPS = 8

Gallery = list[tuple[str, str]]
"""File names and data URIs."""


def audit_page(survey: Survey, name: str, settings: Settings, pictures: Pictures) -> str:
    """Returns the page ``audit.html``.

    Args:
        survey: of the data set.
        name: of the data set.
        settings: of the survey.
        pictures: makes the pictures.
    """
    document = survey.document
    statistics = document.statistics
    histograms = statistics.defects.histograms
    height, width = settings.data.size
    # Drawings first: if the page runs out of room for pictures, thumbnails can be spared.
    drawn = [(defect, pictures.unmatched(defect, settings)) for defect in survey.unmatched]
    largest_groups = sorted(document.near_duplicates, key=len, reverse=True)[:_GROUPS]
    return render(
        "audit.html.j2",
        name=name,
        document=document,
        statistics=statistics,
        coverage=document.coverage,
        size=f"{height} × {width}",
        kinds=[
            (kind, findings, _gallery((finding.file for finding in findings[:_ROWS]), pictures))
            for kind, findings in document.by_kind().items()
        ],
        rows=_ROWS,
        charts=[
            ("Side, original", "px", histograms.side_original),
            ("Side, network size", "px", histograms.side_network),
            ("Height over width, network size", "height / width", histograms.ratio_network),
        ],
        darkest=_gallery(statistics.brightness.darkest, pictures),
        brightest=_gallery(statistics.brightness.brightest, pictures),
        groups=[(len(files), _gallery(files, pictures)) for files in largest_groups],
        drawings=[(defect, source) for defect, source in drawn if source is not None],
        thousands=wording.thousands,
        spread=wording.spread,
        coverage_sentence=wording.coverage_sentence,
        suggestion_sentence=wording.suggestion_sentence,
    )


def _gallery(files: Iterable[str], pictures: Pictures) -> Gallery:
    """Returns the first few files that can be shown."""
    gallery: Gallery = []
    for file in dict.fromkeys(files):
        source = pictures.thumbnail(file)
        if source is not None:
            gallery.append((file, source))
        if len(gallery) == _IMAGES:
            break
    return gallery
