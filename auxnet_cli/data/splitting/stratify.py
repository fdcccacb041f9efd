"""Spreading images over places, group by group, so that every place gets its part of every class.

This is the iterative stratification of Sechidis, Tsoumakas and Vlahavas, "On the stratification of
multi-label data", 2011, walked by groups in place of samples: the rarest class first, each of its
groups to the place that lacks most of it.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np

GOOD = -1
"""The label that stands for "no defect"."""

ANY = -2
"""The label that every image has, whose number is the number of images."""

Place = TypeVar("Place", str, int)


class Stratifier(Generic[Place]):
    """The state of one spreading.

    Attributes:
        holds: images of each label in each group.
        order: the groups as they are walked, the largest first, while there is room for them; the
            seed orders those of one size.
        members: the groups of each label, in that order.
        lacks: images of each label that each place still lacks.
        groups: groups of each label that each place has.
        where: the place of each group that has one.
    """

    def __init__(
        self,
        labels: Sequence[frozenset[int]],
        groups: Sequence[Hashable],
        fractions: Mapping[Place, float],
        seed: int,
    ) -> None:
        """Set out.

        Args:
            labels: the classes on each image; none means a good part.
            groups: the group of each image.
            fractions: the part of the images for each place, 0-1.
            seed: which of the possible ways.
        """
        self.holds = _holdings(labels, groups)
        names = list(self.holds)
        shuffled = np.random.default_rng(seed).permutation(len(names))
        self.order = sorted((names[i] for i in shuffled), key=lambda name: -self.holds[name][ANY])
        self.members: dict[int, list[Hashable]] = {}
        for group in self.order:
            for label in sorted(self.holds[group].keys() - {ANY}):
                self.members.setdefault(label, []).append(group)
        total: Counter[int] = Counter()
        for counted in self.holds.values():
            total.update(counted)
        self.lacks: dict[Place, dict[int, float]] = {
            place: {label: fraction * number for label, number in total.items()}
            for place, fraction in fractions.items()
        }
        self.groups: dict[Place, Counter[int]] = {place: Counter() for place in fractions}
        self.where: dict[Hashable, Place] = {}

    def run(self) -> None:
        """Give every group a place."""
        # Good images come last: they are the easiest to place.
        for label in sorted(
            self.members, key=lambda label: (label == GOOD, len(self.members[label]), label)
        ):
            left = [group for group in self.members[label] if group not in self.where]
            for position, group in enumerate(left):
                self.place(group, self.choose(label, len(left) - position))

    def choose(self, label: int, left: int) -> Place:
        """The place for the next group of a class, of which ``left`` have no place yet."""
        del left

        def lack(place: Place) -> tuple[float, float]:
            return self.lacks[place][label], self.lacks[place][ANY]

        return max(self.lacks, key=lack)

    def place(self, group: Hashable, place: Place) -> None:
        """Put a group, wherever it was, into a place."""
        before = self.where.get(group)
        for label, number in self.holds[group].items():
            self.lacks[place][label] -= number
            self.groups[place][label] += 1
            if before is not None:
                self.lacks[before][label] += number
                self.groups[before][label] -= 1
        self.where[group] = place


def _holdings(
    labels: Sequence[frozenset[int]], groups: Sequence[Hashable]
) -> dict[Hashable, Counter[int]]:
    holds: dict[Hashable, Counter[int]] = {}
    for group, own in zip(groups, labels, strict=True):
        holds.setdefault(group, Counter()).update({*(own or {GOOD}), ANY})
    return holds
