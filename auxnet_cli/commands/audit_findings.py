"""Prints the findings of an audit."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auxnet_cli.documents.audit import Finding


def show_findings(
    counts: Mapping[str, int], findings: Sequence["Finding"], folder: str | None = None
) -> None:
    """Prints each kind of finding with its number and a few examples.

    Args:
        counts: number of findings of each kind.
        findings: a few findings of each kind.
        folder: names the files of the audit. Findings about the whole set are then left out, since
            they are shown as warnings.
    """
    from rich.markup import escape

    from auxnet_cli.terminal import console

    screen = console()
    if counts and folder is not None:
        screen.print(escape(f"Audit ({folder}/audit.html, audit.md):"))
        findings = [finding for finding in findings if finding.file]
    for kind, number in counts.items():
        screen.print(f"  {kind}: {number}")
        for finding in findings:
            if finding.kind == kind:
                where = f"{finding.file}: " if finding.file else ""
                screen.print(escape(f"    {where}{finding.detail} → {finding.action}"))
