"""Which files and folders of a source are read: those with a proper name that truly lie in it.

Links that lead out are not followed, since what lies elsewhere was not given to be read.
"""

from pathlib import Path
from typing import Any

from auxnet_cli.data.audit import Audit
from auxnet_cli.documents.dataset_card import MAX_BYTES
from auxnet_cli.plain_text import plain
from auxnet_cli.system.containment import leads_out
from auxnet_cli.system.untrusted import read_json


def read_annotations(path: Path) -> Any:
    """The content of a JSON file of annotations; numbers may be infinite, or none.

    Raises:
        InputError: it is missing, too large, or refused by
            :func:`auxnet_cli.system.untrusted.parse_json`.
    """
    return read_json(path, "annotation file", MAX_BYTES, finite=False)


def is_usable(path: Path, root: Path, audit: Audit) -> bool:
    """Whether a file or folder below the root can be read; it is noted why not.

    Links out of the root cannot, nor can names that are no text.
    """
    name = path.relative_to(root).as_posix()
    shown = plain(name)
    sort = "folder" if path.is_dir() else "file"
    if shown != name:
        audit.add("unreadable-name", shown, f"the {sort}'s name is no UTF-8", f"{sort} skipped")
        return False
    if leads_out(path, root):
        detail = f"it is a link to a {sort} outside the source"
        audit.add("link-out-of-source", name, detail, f"{sort} skipped; copy it instead")
        return False
    return True
