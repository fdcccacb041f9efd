"""What an earlier prediction left in an output folder, so that a new one can take its place."""

import json
from pathlib import Path

from auxnet_cli.reports.writers.lines import LINES
from auxnet_cli.reports.writers.pictures import MASKS, OVERLAYS
from auxnet_cli.reports.writers.table import TABLE


def written_before(folder: Path) -> set[str]:
    """The files that an earlier prediction lists as its own, as paths below ``folder``.

    Nothing else in the folder is ever named: it may be the user's.
    """
    try:
        text = (folder / LINES).read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError):
        return set()
    names = {TABLE}
    for line in text.splitlines():
        try:
            files = json.loads(line).get("files") or {}
            names |= {str(name) for made in files.values() for name in made}
        except (ValueError, AttributeError, TypeError):
            continue
    return {name for name in names if name == TABLE or _is_ours(name)}


def _is_ours(name: str) -> bool:
    parts = Path(name).parts
    return len(parts) == 2 and parts[0] in (OVERLAYS, MASKS) and parts[1] != ".."
