"""Checks that names and links stay within a folder."""

import os
from pathlib import Path, PureWindowsPath

from auxnet_cli.errors import InputError


def is_inner_name(name: str) -> bool:
    r"""Returns whether a name is a path below a folder on every system.

    ``a/b.png`` is; ``/b.png``, ``C:/b.png``, ``a\b.png`` and ``a/../b.png`` are not.
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    path = PureWindowsPath(name)  # knows drives, and all that POSIX knows
    inner = path.name and not path.anchor and ".." not in path.parts
    return bool(inner) and "\\" not in name and "\0" not in name


def leads_out(path: Path, root: Path) -> bool:
    """Returns whether a path below the root leads out of it, by a link in any part of the path."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def check_inside(path: Path, root: Path) -> None:
    """Refuses a file or folder below the root that a link leads out of it.

    Raises:
        InputError: it is a link out of the root, or lies below one.
    """
    if leads_out(path, root):
        raise InputError(f"{path} is a link that leads out of {root}: copy there what it links to.")
