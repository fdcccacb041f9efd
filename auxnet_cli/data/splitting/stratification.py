"""Spreads groups of images over parts, so that every part gets its share of every class.

This is the iterative stratification of Sechidis, Tsoumakas and Vlahavas, "On the stratification of
multi-label data", 2011, with groups in place of samples: the rarest class first, each of its groups
to the part that lacks most of it.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence

import numpy as np

GOOD = -1
"""The label that stands for "no defect"."""

ANY = -2
"""The label that every image has; its number is the number of images."""


class Stratifier:
    """The state of one stratification.

    Attributes:
        holds: images of each label in each group.
        order: the groups, the largest first; the seed orders groups of one size.
        members: the groups of each label, in that order.
        lacks: images of each label that each part still lacks.
        groups: number of groups of each label in each part.
        part_of: the part of each group that has one.
    """

    def __init__(
        self,
        labels: Sequence[frozenset[int]],
        groups: Sequence[Hashable],
        fractions: Mapping[str, float],
        seed: int,
    ) -> None:
        """Prepares to spread images, given their classes and groups, over parts of 0-1 each."""
        self.holds: dict[Hashable, Counter[int]] = {}
        for group, classes in zip(groups, labels, strict=True):
            self.holds.setdefault(group, Counter()).update({*(classes or {GOOD}), ANY})
        names = list(self.holds)
        shuffled = np.random.default_rng(seed).permutation(len(names))
        self.order = sorted((names[i] for i in shuffled), key=lambda name: -self.holds[name][ANY])
        self.members: dict[int, list[Hashable]] = {}
        for group in self.order:
            for label in sorted(self.holds[group].keys() - {ANY}):
                self.members.setdefault(label, []).append(group)
        total = sum(self.holds.values(), Counter[int]())
        self.lacks: dict[str, dict[int, float]] = {
            part: {label: fraction * number for label, number in total.items()}
            for part, fraction in fractions.items()
        }
        self.groups: dict[str, Counter[int]] = {part: Counter() for part in fractions}
        self.part_of: dict[Hashable, str] = {}

    def run(self) -> None:
        """Assigns every group to a part."""
        # Good images come last: they are the easiest to assign.
        for label in sorted(
            self.members, key=lambda label: (label == GOOD, len(self.members[label]), label)
        ):
            left = [group for group in self.members[label] if group not in self.part_of]
            for position, group in enumerate(left):
                self.assign(group, self.choose(label, len(left) - position))

    def choose(self, label: int, left: int) -> str:
        """Returns the part for the next group of a label; ``left`` groups of it have none yet."""
        del left
        return max(self.lacks, key=lambda part: (self.lacks[part][label], self.lacks[part][ANY]))

    def assign(self, group: Hashable, part: str) -> None:
        """Puts a group into a part, and takes it out of its former one."""
        former = self.part_of.get(group)
        for label, number in self.holds[group].items():
            self.lacks[part][label] -= number
            self.groups[part][label] += 1
            if former is not None:
                self.lacks[former][label] += number
                self.groups[former][label] -= 1
        self.part_of[group] = part
