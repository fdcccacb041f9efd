"""Collects what is wrong or odd in a source, file by file."""

from collections import Counter

from auxnet_cli.documents.audit import Finding

_FEW = 3


class Audit:
    """The findings of one source, in the order in which they were made."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, kind: str, file: str, detail: str, action: str) -> None:
        """Adds a finding; see :class:`auxnet_cli.documents.audit.Finding`."""
        self.findings.append(Finding(kind=kind, file=file, detail=detail, action=action))

    def warn(self, kind: str, warning: str) -> str:
        """Adds a finding about the whole set, and returns its sentence."""
        self.add(kind, "", warning, "went on")
        return warning

    def counts(self) -> dict[str, int]:
        """Returns the number of findings of each kind, most frequent first."""
        return dict(Counter(finding.kind for finding in self.findings).most_common())

    def of(self, kind: str) -> list[Finding]:
        """Returns the findings of one kind."""
        return [finding for finding in self.findings if finding.kind == kind]

    def examples(self) -> list[Finding]:
        """Returns the first findings of each kind."""
        return [finding for kind in self.counts() for finding in self.of(kind)[:_FEW]]
