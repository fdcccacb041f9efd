"""Why figures of a report do not exist."""

from collections.abc import Mapping
from typing import Any

# Keys of a report that hold objects by name, of a class for one, and say nothing to a reader.
_GROUPINGS = ("per_class", "heads")


def reasons(document: Mapping[str, Any], where: str = "") -> list[str]:
    """Why figures are absent: ``where: reason``, from every ``reasons`` in the report.

    Figures that stand together and are absent for one reason share a line.
    """
    shared: dict[str, list[str]] = {}
    for name, reason in document.get("reasons", {}).items():
        shared.setdefault(reason, []).append(name)
    lines = [f"{where}{', '.join(names)}: {reason}" for reason, names in shared.items()]
    for name, part in document.items():
        if not isinstance(part, Mapping) or name == "reasons":
            continue
        # A class may be called "reasons": what is below a grouping are names and no keys.
        inner = part if name in _GROUPINGS else {name: part}
        for own, below in inner.items():
            if isinstance(below, Mapping):
                lines += reasons(below, f"{where}{own}, ")
    return lines
