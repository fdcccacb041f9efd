"""What lies in a folder: by its name, and by where links lead."""

import os
from pathlib import Path, PureWindowsPath


def is_inner_name(name: str) -> bool:
    r"""Whether a name is, on every system, a path of a file below some folder.

    ``a/b.png`` is; ``/b.png``, ``C:/b.png``, ``a\b.png`` and ``a/../b.png`` are not.
    """
    path = PureWindowsPath(name)  # knows drives, and all that POSIX knows
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return bool(path.name) and not path.anchor and ".." not in path.parts and not {*"\\\0"} & {*name}


def leads_out(path: Path, root: Path) -> bool:
    """Whether a path below the root lies elsewhere, by a link of its own or of a folder's."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))
