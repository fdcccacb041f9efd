"""Writes the audit: ``audit.json``, ``audit.md`` and ``audit.html``."""

from collections.abc import Iterable
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.audit.survey import Survey
from auxnet_cli.documents.audit import AuditDocument, Findings
from auxnet_cli.reports.audit import wording
from auxnet_cli.reports.audit.pictures import Pictures
from auxnet_cli.reports.templates import render
from auxnet_cli.settings import Settings
from auxnet_cli.system.files import write_json, write_text

_ROWS = 50  # of a table of findings
_IMAGES = 6
_GROUPS = 8

Gallery = list[tuple[str, str]]
"""File names and data URIs."""


def write_findings(folder: Path, audit: Audit) -> None:
    """Writes the findings alone, as ``audit.json`` and ``audit.md``."""
    _write(folder, Findings(counts=audit.counts(), findings=audit.findings))


def write_audit(
    folder: Path, name: str, survey: Survey, settings: Settings, pictures: Pictures
) -> None:
    """Writes all three files into the folder of a data set, whose survey has these settings."""
    _write(folder, survey.document)
    write_text(folder / "audit.html", audit_page(survey, name, settings, pictures))


def _write(folder: Path, document: Findings) -> None:
    write_json(folder / "audit.json", document.document())
    text = render(
        "audit.md.j2",
        document=document,
        statistics=document.statistics if isinstance(document, AuditDocument) else None,
        kinds=document.by_kind(),
        cell=wording.cell,
        spread=wording.spread,
        coverage_sentence=wording.coverage_sentence,
        suggestion_sentence=wording.suggestion_sentence,
    )
    write_text(folder / "audit.md", text)


def audit_page(survey: Survey, name: str, settings: Settings, pictures: Pictures) -> str:
    """Returns ``audit.html``, a page that needs no other file."""
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
