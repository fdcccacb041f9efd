"""Writes the common format as other programs want it: a module and an entry here for each format.

An exporter module has one public function, ``write(dataset, folder, audit) -> None``. It writes the
images and labels of all three splits below ``folder``, which exists and is empty, and notes in the
audit what its format cannot express. It raises ``InputError`` where a file of the data set is
missing or damaged, and ``OSError`` where the disk refuses. What it writes, the reader of the same
name reads (for ``yolo-boxes``, that of ``yolo``).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from auxnet_cli.errors import InputError, nearest

if TYPE_CHECKING:  # the command line reads the names of the formats, and must start quickly
    from collections.abc import Callable
    from pathlib import Path

    from auxnet_cli.data.audit import Audit
    from auxnet_cli.data.dataset import Dataset

EXPORTERS = {
    "coco": "auxnet_cli.data.exporters.coco",
    "labelme": "auxnet_cli.data.exporters.labelme",
    "voc": "auxnet_cli.data.exporters.voc",
    "yolo": "auxnet_cli.data.exporters.yolo",
    "yolo-boxes": "auxnet_cli.data.exporters.yolo_boxes",
    "severstal": "auxnet_cli.data.exporters.severstal",
}
"""The module of each format."""


def find_exporter(name: str) -> Callable[[Dataset, Path, Audit], None]:
    """Returns the ``write`` function of a format.

    Raises:
        InputError: no such format.
    """
    if name not in EXPORTERS:
        raise InputError(
            f"Cannot write '{name}'.{nearest(name, list(EXPORTERS))} "
            f"Formats that can be written: {', '.join(EXPORTERS)}."
        )
    write: Callable[[Dataset, Path, Audit], None] = import_module(EXPORTERS[name]).write
    return write
