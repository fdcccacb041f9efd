"""The split that a source gives is kept; what it leaves open is filled in."""

from collections import defaultdict
from collections.abc import Sequence

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.dataset import SPLITS
from auxnet_cli.data.splitting.split import split_images


def given_splits(entries: Sequence[Entry]) -> list[str]:
    """The splits that the source gives, in the order train, val, test; none where it gives none."""
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
    """The split of each image of a source that gives a split.

    - An image with a split keeps it, even where that tears a group apart; the audit names those.
    - An image without one goes where its group lies, or else to train. Where its group lies in
      several splits, it goes to train with its mates there, as the tear cannot be mended.
    - A val or test that the source does not give is taken from train, by group and class.

    Args:
        entries: the images; at least one has a given split.
        labels: the classes on each image.
        groups: the group of each image.
        val: part of the training images for validation where the source gives none, 0-1.
        test: part of the training images for testing, likewise.
        seed: of what is taken.
        audit: takes images without a split, and groups torn apart.
    """
    lies: dict[int, set[str]] = defaultdict(set)
    for entry, group in zip(entries, groups, strict=True):
        if entry.given:
            lies[group].add(entry.given)
    splits = []
    for entry, group in zip(entries, groups, strict=True):
        own = lies[group]
        split = entry.given or (next(iter(own)) if len(own) == 1 else "train")
        if entry.given is None:
            detail = "the source puts it in no split"
            audit.add("image-without-split", entry.file, detail, f"put in {split}")
        elif len(own) > 1:
            elsewhere = " and ".join(name for name in SPLITS if name in own - {split})
            detail = f"in {split}, though images of its part, or copies of it, are in {elsewhere}"
            audit.add("group-torn-apart", entry.file, detail, "kept as the source says")
        splits.append(split)
    given = given_splits(entries)
    train = [place for place, split in enumerate(splits) if split == "train"]
    parts = [0.0 if name in given else part for name, part in (("val", val), ("test", test))]
    if train:
        taken = split_images(
            [labels[i] for i in train], [groups[i] for i in train], parts[0], parts[1], seed
        )
        for place, split in zip(train, taken, strict=True):
            splits[place] = split
    return splits
