"""The order in which an epoch shows the training images."""

from collections.abc import Iterator, Sequence

import numpy as np

from auxnet_cli.data.dataset import Record


def natural_order(count: int, seed: int, epoch: int) -> list[int]:
    """Each image once, shuffled."""
    return [int(index) for index in np.random.default_rng((seed, epoch)).permutation(count)]


def balanced_order(records: Sequence[Record], seed: int, epoch: int) -> list[int]:
    """As many draws as images, shared evenly by the classes and the good images.

    An image with several classes belongs to its rarest. Each group is dealt like a deck of cards,
    shuffled anew when it is used up, so no image of a group comes twice before all came once.
    """
    rng = np.random.default_rng((seed, epoch))
    decks = [_deck(group, rng) for group in groups(records)]
    dealt = [next(decks[turn % len(decks)]) for turn in range(len(records))]
    rng.shuffle(dealt)
    return dealt


def groups(records: Sequence[Record]) -> list[list[int]]:
    """Indices of the images of each class that occurs, then of the good ones, none empty."""
    counts: dict[int, int] = {}
    for record in records:
        for label in record.labels:
            counts[label] = counts.get(label, 0) + 1
    found: dict[int, list[int]] = {}
    for index, record in enumerate(records):
        rarest = min(record.labels, key=lambda label: (counts[label], label), default=len(counts))
        found.setdefault(rarest, []).append(index)
    return [found[key] for key in sorted(found)]


def _deck(indices: list[int], rng: np.random.Generator) -> Iterator[int]:
    while True:
        yield from (int(index) for index in rng.permutation(indices))
