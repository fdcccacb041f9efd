"""The audit: what was found wrong or odd in a source, file by file, and what was done about it."""

from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from auxnet_cli.files import write_json, write_text

_SHOWN = 100


@dataclass(frozen=True)
class Finding:
    """One thing wrong or odd.

    Attributes:
        kind: a short name shared by findings of one sort, such as ``unreadable-image``.
        file: path below the source, with forward slashes; ``""`` where it concerns the whole set.
        detail: what is the matter.
        action: what was done about it.
    """

    kind: str
    file: str
    detail: str
    action: str


class Audit:
    """Findings, in the order in which they were made."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, kind: str, file: str, detail: str, action: str) -> None:
        """Note a finding."""
        self.findings.append(Finding(kind, file, detail, action))

    def counts(self) -> dict[str, int]:
        """Findings of each kind, the commonest first."""
        return dict(Counter(finding.kind for finding in self.findings).most_common())

    def of(self, kind: str) -> list[Finding]:
        """The findings of one kind."""
        return [finding for finding in self.findings if finding.kind == kind]

    def write(self, folder: Path) -> None:
        """Write ``audit.json`` (every finding) and ``audit.md`` (the same to read)."""
        document: dict[str, Any] = {
            "counts": self.counts(),
            "findings": [asdict(finding) for finding in self.findings],
        }
        write_json(folder / "audit.json", document)
        write_text(folder / "audit.md", self._markdown())

    def _markdown(self) -> str:
        if not self.findings:
            return "# Audit\n\nNothing odd was found.\n"
        lines = ["# Audit", "", "| finding | number |", "|---|---:|"]
        lines += [f"| {kind} | {number} |" for kind, number in self.counts().items()]
        for kind in self.counts():
            found = self.of(kind)
            lines += ["", f"## {kind}", "", "| file | what | done |", "|---|---|---|"]
            lines += [
                f"| {_cell(finding.file)} | {_cell(finding.detail)} | {_cell(finding.action)} |"
                for finding in found[:_SHOWN]
            ]
            if len(found) > _SHOWN:
                lines += ["", f"and {len(found) - _SHOWN} more: see audit.json."]
        return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
