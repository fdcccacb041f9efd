"""What a report says of the data set that it was made from."""

from typing import Any

from auxnet_cli.data.dataset import SPLITS, Dataset


def data_identity(dataset: Dataset) -> dict[str, Any]:
    """``name``, ``fingerprint``, and ``groups_lost``.

    ``groups_lost``: whether the images were divided by groups and none is in one with another, as
    in data sets that were prepared before groups were kept.
    """
    lost = dataset.grouped and not any(
        record.group != record.name for split in SPLITS for record in dataset.split(split)
    )
    return {"name": dataset.name, "fingerprint": dataset.fingerprint, "groups_lost": lost}
