"""Walks and names the images of a conversion."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import PurePosixPath

from tqdm import tqdm

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset, Record

Splits = Mapping[str, Sequence[Record]]
"""The images of each split."""


def read_splits(dataset: Dataset) -> Splits:
    """Reads the images of all splits.

    Raises:
        InputError: a file of the data set is missing or damaged.
    """
    return {split: dataset.split(split) for split in SPLITS}


def with_progress(records: Sequence[Record], split: str = "") -> Iterator[Record]:
    """Yields the records with a bar on standard error; off a terminal it stays silent."""
    yield from tqdm(
        records, desc=f"convert {split}".strip(), unit="image", disable=None, leave=False
    )


def flat_names(splits: Splits, audit: Audit) -> dict[int, str]:
    """Returns a file name for each image by its id, for formats that tell files by stem alone.

    No two share a stem, in any letter case. Folders become part of the name (``a/1.png`` is
    ``a_1.png``), and a stem that is taken gets a number. The audit notes each new name.
    """
    names: dict[int, str] = {}
    taken: set[str] = set()
    for record in chain.from_iterable(splits.values()):
        plain = PurePosixPath(record.name.replace("\\", "/").replace("/", "_"))
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
