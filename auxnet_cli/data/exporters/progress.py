"""The bar of a conversion."""

from collections.abc import Iterator, Sequence

from tqdm import tqdm

from auxnet_cli.data.dataset import Record


def each(records: Sequence[Record], split: str = "") -> Iterator[Record]:
    """The records one by one, with a bar on standard error; off a terminal it stays silent."""
    yield from tqdm(
        records, desc=f"convert {split}".strip(), unit="image", disable=None, leave=False
    )
