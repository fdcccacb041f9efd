"""What was found wrong or odd in a source, file by file, and what was done about it."""

from collections import Counter
from dataclasses import dataclass


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
