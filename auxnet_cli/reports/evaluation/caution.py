"""One warning to the reader of a report."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Caution:
    """One warning.

    Attributes:
        lead: what it is, a few words.
        text: what it means.
        grave: whether it comes before all figures.
    """

    lead: str
    text: str
    grave: bool = False

    def __str__(self) -> str:
        return f"{self.lead}. {self.text}"
