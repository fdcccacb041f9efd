"""Decides which images an epoch shows, and in which order."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from auxnet_cli.data.dataset import Record


@dataclass(frozen=True)
class Draw:
    """The index of an image to show, and of the one whose defect is pasted onto it, if any."""

    image: int
    donor: int | None = None


def natural_order(count: int, seed: int, epoch: int) -> list[Draw]:
    """Returns each image once, shuffled."""
    return [Draw(int(index)) for index in np.random.default_rng((seed, epoch)).permutation(count)]


def balanced_order(
    records: Sequence[Record], good_share: float, paste: float, seed: int, epoch: int
) -> list[Draw]:
    """Returns as many draws as images: a share of good ones, the rest dealt evenly to the classes.

    An image with several classes belongs to its rarest. Each group is dealt like a deck of cards,
    so that no image comes twice before all of its group came once. A class that has fewer images
    than turns makes up its deficit with its defects pasted onto good images, or by repeats. An
    image whose defects of the class have only boxes is repeated: there is no mask to cut out.

    Args:
        records: the training split.
        good_share: part of the draws that show good images as they are, 0-1.
        paste: part of each deficit that is pasted, 0-1; without good images or masks, none is.
        seed: of the order, with ``epoch``.
        epoch: number of the epoch.
    """
    rng = np.random.default_rng((seed, epoch))
    decks = groups(records)
    good = _deal(decks.pop(None), rng) if None in decks else None
    classes = []
    for label, indices in decks.items():
        donors = {index for index in indices if label in records[index].masked_labels}
        classes.append(_draws(indices, donors, good, paste, rng))
    share = good_share if classes else 1.0
    dealt, turn = [], 0
    for count in range(len(records)):
        if good is not None and int((count + 1) * share) > int(count * share):
            dealt.append(Draw(next(good)))
        else:
            dealt.append(next(classes[turn % len(classes)]))
            turn += 1
    return [dealt[index] for index in rng.permutation(len(dealt))]


def groups(records: Sequence[Record]) -> dict[int | None, list[int]]:
    """Returns the indices of each class's images and, under ``None``, of the good ones."""
    counts = Counter(label for record in records for label in record.labels)
    members: dict[int | None, list[int]] = {label: [] for label in [*sorted(counts), None]}
    for index, record in enumerate(records):
        rarest = min(record.labels, key=lambda label: (counts[label], label), default=None)
        members[rarest].append(index)
    return {label: indices for label, indices in members.items() if indices}


def _draws(
    indices: list[int],
    donors: set[int],
    backgrounds: Iterator[int] | None,
    paste: float,
    rng: np.random.Generator,
) -> Iterator[Draw]:
    """Yields every image once; then repeats, part of the donors pasted onto a background."""
    deck = _deal(indices, rng)
    for _ in indices:
        yield Draw(next(deck))
    while True:
        if backgrounds is not None and donors and rng.random() < paste:
            background, image = next(backgrounds), next(deck)
            while image not in donors:
                yield Draw(image)
                image = next(deck)
            yield Draw(background, donor=image)
        else:
            yield Draw(next(deck))


def _deal(indices: list[int], rng: np.random.Generator) -> Iterator[int]:
    while True:
        yield from (int(index) for index in rng.permutation(indices))
