"""Names of images in formats that know no sub-folders and tell files by their stem alone."""

from collections.abc import Iterable
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import Record


def flat_names(records: Iterable[Record], audit: Audit) -> dict[int, str]:
    """A file name for each image, by its id: no two share a stem, in any letter case.

    Folders become part of the name (``a/1.png`` is ``a_1.png``), and a stem that is taken gets a
    number. The audit takes what is called otherwise than in the data set.
    """
    names: dict[int, str] = {}
    taken: set[str] = set()
    for record in records:
        plain = Path("_".join(record.name.replace("\\", "/").split("/")))
        stem, number = plain.stem, 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{plain.stem}-{number}"
        taken.add(stem.casefold())
        names[record.id] = stem + plain.suffix
        if names[record.id] != record.name:
            detail = "the format takes no sub-folder, and no stem twice"
            audit.add("renamed-image", record.name, detail, f"called {names[record.id]}")
    return names
