"""The audit's files, all of one source: ``audit.json``, ``audit.md`` and ``audit.html``."""

from pathlib import Path

from auxnet_cli.data.audit.findings import Audit
from auxnet_cli.data.audit.survey import Survey
from auxnet_cli.reports.audit.markdown import Document, markdown
from auxnet_cli.reports.audit.page import page
from auxnet_cli.reports.audit.pictures import Pictures
from auxnet_cli.settings import Settings
from auxnet_cli.system.files import write_json, write_text


def write_findings(folder: Path, audit: Audit) -> None:
    """Write ``audit.json`` (every finding) and ``audit.md`` (the same to read)."""
    _write(folder, _document(audit))


def write_audit(
    folder: Path, name: str, audit: Audit, survey: Survey, settings: Settings, pictures: Pictures
) -> None:
    """Write the findings, what the data set holds, and ``audit.html``, which shows both.

    Args:
        folder: where to.
        name: of the data set.
        audit: the findings.
        survey: what was found of the set as a whole.
        settings: those of the survey.
        pictures: makes the page's pictures.
    """
    document = _write(folder, _document(audit) | survey.document)
    write_text(folder / "audit.html", page(document, name, survey.missed, settings, pictures))


def _document(audit: Audit) -> Document:
    return {
        "counts": audit.counts(),
        "findings": [vars(finding) for finding in audit.findings],
    }


def _write(folder: Path, document: Document) -> Document:
    write_json(folder / "audit.json", document)
    write_text(folder / "audit.md", markdown(document))
    return document
