"""How an image gets into a folder: hard-linked where the disk can, else copied."""

import os
import shutil
from pathlib import Path


def place(content: Path | bytes, target: Path) -> None:
    """Lay an image, or the bytes of one that exists nowhere yet, at ``target``.

    Raises:
        OSError: the disk refuses.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        target.write_bytes(content)
        return
    try:
        os.link(content.resolve(), target)  # resolved, or a link to the link would be made
    except OSError:
        shutil.copyfile(content, target)
