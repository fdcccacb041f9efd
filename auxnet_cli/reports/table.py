"""One table of a report as plain cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Report = Mapping[str, Any]


@dataclass(frozen=True)
class Sheet:
    """One table.

    Attributes:
        title: what it shows.
        header: a name per column.
        rows: the cells; the first of a row names it.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
