"""Which files and folders of a source are read: those with a proper name that truly lie in it.

Links that lead out are not followed, since what lies elsewhere was not given to be read.
"""

import os
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.errors import InputError
from auxnet_cli.plain_text import plain


def leads_out(path: Path, root: Path) -> bool:
    """Whether a path below the root lies elsewhere, by a link of its own or of a folder's."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


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


def check_inside(path: Path, root: Path) -> None:
    """Refuse a file or folder that everything depends on, where it lies elsewhere.

    Raises:
        InputError: it is a link out of the source.
    """
    if leads_out(path, root):
        raise InputError(f"{path} is a link that leads out of {root}: copy there what it links to.")
