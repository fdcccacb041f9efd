"""Writes the audit: ``audit.json``, ``audit.md`` and ``audit.html``."""

from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.audit.survey import Survey
from auxnet_cli.documents.audit import AuditDocument, Findings
from auxnet_cli.reports.audit import wording
from auxnet_cli.reports.audit.page import audit_page
from auxnet_cli.reports.audit.pictures import Pictures
from auxnet_cli.reports.templates import render
from auxnet_cli.settings import Settings
from auxnet_cli.system.files import write_json, write_text


def write_findings(folder: Path, audit: Audit) -> None:
    """Writes the findings alone, as ``audit.json`` and ``audit.md``."""
    _write(folder, Findings(counts=audit.counts(), findings=audit.findings))


def write_audit(
    folder: Path, name: str, survey: Survey, settings: Settings, pictures: Pictures
) -> None:
    """Writes all three files.

    Args:
        folder: the data set.
        name: of the data set.
        survey: of the data set.
        settings: of the survey.
        pictures: makes the pictures of the page.
    """
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
