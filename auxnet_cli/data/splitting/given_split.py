"""Keeps the split that a source defines, and fills in what it leaves open."""

from collections import defaultdict
from collections.abc import Sequence

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.dataset import SPLITS
from auxnet_cli.data.splitting.splits import split_images


def given_splits(entries: Sequence[Entry]) -> list[str]:
    """Returns the splits that the source defines, in the order train, val, test."""
    given = {entry.given for entry in entries}
    return [split for split in SPLITS if split in given]


def complete_split(
    entries: Sequence[Entry],
    labels: Sequence[frozenset[int]],
    groups: Sequence[int],
    val: float,
    test: float,
    seed: int,
    audit: Audit,
) -> list[str]:
    """Completes the split of a source: returns the split of each image.

    - An image with a split keeps it, even if that divides a group; the audit names those images.
    - An image without one follows its group, and goes to train if the group has no split or
      several.
    - If the source defines no val or no test, it is taken from train, by group and class.
    """
    splits_of: dict[int, set[str]] = defaultdict(set)
    for entry, group in zip(entries, groups, strict=True):
        if entry.given:
            splits_of[group].add(entry.given)
    splits = []
    for entry, group in zip(entries, groups, strict=True):
        shared = splits_of[group]
        split = entry.given or (next(iter(shared)) if len(shared) == 1 else "train")
        if entry.given is None:
            detail = "the source puts it in no split"
            audit.add("image-without-split", entry.file, detail, f"put in {split}")
        elif len(shared) > 1:
            elsewhere = " and ".join(name for name in SPLITS if name in shared - {split})
            detail = f"in {split}, though images of its part, or copies of it, are in {elsewhere}"
            audit.add("group-torn-apart", entry.file, detail, "kept as the source says")
        splits.append(split)
    given = given_splits(entries)
    train = [index for index, split in enumerate(splits) if split == "train"]
    val, test = (0.0 if "val" in given else val), (0.0 if "test" in given else test)
    if train:
        train_labels, train_groups = [labels[i] for i in train], [groups[i] for i in train]
        divided = split_images(train_labels, train_groups, val, test, seed)
        for index, split in zip(train, divided, strict=True):
            splits[index] = split
    return splits
