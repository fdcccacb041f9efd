"""Which image goes into which split: by class, by group, reproducibly.

Images of one group (the photos of one part) stay together, since near-copies in two splits inflate
every score. Within that, each class is spread by the fractions, the rarest class first; this is the
iterative stratification of Sechidis, Tsoumakas and Vlahavas, "On the stratification of multi-label
data", 2011, walked by groups in place of samples.
"""

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np

from auxnet_cli.data.dataset import SPLITS
from auxnet_cli.errors import InputError

GOOD = -1
"""The label that stands for "no defect" while splitting."""

ANY = -2
"""The label that every image has, whose number is the number of images."""

# With so many groups a class has one in the split, whatever the fractions say: the first goes to
# train, the second to test, and val takes one only where train keeps two.
_NEEDED = {"train": 1, "test": 2, "val": 4}


def split_images(
    labels: Sequence[frozenset[int]], groups: Sequence[Hashable], val: float, test: float, seed: int
) -> list[str]:
    """The split of each image.

    Args:
        labels: the classes on each image; none means a good part.
        groups: the group of each image.
        val: part of the images for validation, 0-1.
        test: part of the images for testing, 0-1.
        seed: which of the possible splits.

    Returns:
        For each image ``"train"``, ``"val"`` or ``"test"``. Every class has a group in train. It
        has one in test from 2 groups on and one in val from 4 on, as far as groups that hold
        several classes allow.

    Raises:
        InputError: fractions that leave no training images.
    """
    check_fractions(val, test)
    return _Splitter(
        labels, groups, {"train": 1 - val - test, "val": val, "test": test}, seed
    ).run()


def check_fractions(val: float, test: float) -> None:
    """Check that the fractions leave something to train on.

    Raises:
        InputError: they do not.
    """
    if not (0 <= val < 1 and 0 <= test < 1 and val + test < 1):
        raise InputError(
            f"val is {val} and test {test}: each must be from 0 to below 1, and together below 1."
        )


class _Splitter:
    """The state of one split: what each group holds, where it went, what each split still lacks."""

    def __init__(
        self,
        labels: Sequence[frozenset[int]],
        groups: Sequence[Hashable],
        fractions: dict[str, float],
        seed: int,
    ) -> None:
        self.groups = groups
        self.open = [name for name in _NEEDED if fractions[name] > 0]
        self.holds: dict[Hashable, Counter[int]] = {}
        for group, found in zip(groups, labels, strict=True):
            self.holds.setdefault(group, Counter()).update({*(found or {GOOD}), ANY})
        names = list(self.holds)
        order = np.random.default_rng(seed).permutation(len(names))
        # The largest groups first, while there is room for them; the seed orders those of one size.
        self.order = sorted((names[i] for i in order), key=lambda name: -self.holds[name][ANY])
        total: Counter[int] = sum(self.holds.values(), Counter())
        self.lacks = {
            name: {label: fractions[name] * number for label, number in total.items()}
            for name in SPLITS
        }
        self.where: dict[Hashable, str] = {}

    def run(self) -> list[str]:
        members: dict[int, list[Hashable]] = {}
        for group in self.order:
            for label in sorted(self.holds[group].keys() - {ANY}):
                members.setdefault(label, []).append(group)
        # Good images come last: they are the easiest to place.
        for label in sorted(members, key=lambda label: (label == GOOD, len(members[label]), label)):
            left = [group for group in members[label] if group not in self.where]
            for position, group in enumerate(left):
                self._place(group, self._choose(label, members[label], len(left) - position))
        for own in members.values():
            if all(self.where[group] != "train" for group in own):
                self._place(own[-1], "train")
        self._fill_empty()
        return [self.where[group] for group in self.groups]

    def _choose(self, label: int, own: list[Hashable], left: int) -> str:
        """The split for the next group of a class, of which ``left`` have no place yet."""
        taken = {self.where[group] for group in own if group in self.where}
        bare = [
            name
            for name, least in _NEEDED.items()
            if name in self.open and name not in taken and len(own) >= least
        ]
        if bare and left <= len(bare):
            return bare[0]
        return max(self.open, key=lambda name: (self.lacks[name][label], self.lacks[name][ANY]))

    def _place(self, group: Hashable, name: str) -> None:
        before = self.where.get(group)
        for label, number in self.holds[group].items():
            self.lacks[name][label] -= number
            if before:
                self.lacks[before][label] += number
        self.where[group] = name

    def _fill_empty(self) -> None:
        """Give a split that got nothing a group whose classes train keeps, where there is one."""
        for name in ("test", "val"):
            if name not in self.open or name in self.where.values():
                continue
            kept = Counter(
                label
                for group, place in self.where.items()
                if place == "train"
                for label in self.holds[group]
            )
            spare = [
                group
                for group in reversed(self.order)
                if self.where[group] == "train"
                and all(kept[label] > 1 for label in self.holds[group])
            ]
            if spare:
                self._place(
                    max(spare, key=lambda g: min(kept[label] for label in self.holds[g])), name
                )
