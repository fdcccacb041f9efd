"""Which image goes into which split: by class, by group, reproducibly.

Images of one group (the photos of one part) stay together, since near-copies in two splits inflate
every score. Within that, each class is spread by the fractions: see :mod:`stratify`.
"""

from collections.abc import Hashable, Sequence

from auxnet_cli.data.splitting.stratify import Stratifier
from auxnet_cli.errors import InputError

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

    A part of 1 puts every image there, and leaves nothing to train on.

    Raises:
        InputError: fractions that :func:`check_fractions` refuses.
    """
    check_fractions(val, test)
    whole = whole_split(val, test)
    if whole is not None:
        return [whole] * len(labels)
    fractions = {"train": 1 - val - test, "test": test, "val": val}
    wanted = {name: part for name, part in fractions.items() if name == "train" or part > 0}
    splitter = _Splitter(labels, groups, wanted, seed)
    splitter.run()
    return [splitter.where[group] for group in groups]


def check_fractions(val: float, test: float) -> None:
    """Check that the fractions leave something to train on, or that one of them is all.

    Raises:
        InputError: neither.
    """
    divided = 0 <= val < 1 and 0 <= test < 1 and val + test < 1
    if not divided and whole_split(val, test) is None:
        raise InputError(
            f"val is {val} and test {test}: each must be from 0 to below 1, and together below 1; "
            "or one of them 1 and the other 0, which leaves nothing to train on."
        )


def whole_split(val: float, test: float) -> str | None:
    """The split that all images go to: that whose part is 1, beside 0; ``None`` of all others."""
    return {(1.0, 0.0): "val", (0.0, 1.0): "test"}.get((val, test))


class _Splitter(Stratifier[str]):
    """Sees to it that train has every class, and the others where there is enough of it."""

    def run(self) -> None:
        super().run()
        for label, own in self.members.items():
            if not self.groups["train"][label]:
                self.place(own[-1], "train")
        self._fill_empty()

    def choose(self, label: int, left: int) -> str:
        own = len(self.members[label])
        bare = [
            name for name in self.lacks if not self.groups[name][label] and own >= _NEEDED[name]
        ]
        return bare[0] if bare and left <= len(bare) else super().choose(label, left)

    def _fill_empty(self) -> None:
        """Give a split that got nothing a group whose classes train keeps, where there is one."""
        for name in ("test", "val"):
            if name not in self.lacks or name in set(self.where.values()):
                continue
            kept = self.groups["train"]
            spare = [
                group
                for group in reversed(self.order)
                if self.where[group] == "train"
                and all(kept[label] > 1 for label in self.holds[group])
            ]
            if spare:
                self.place(
                    max(spare, key=lambda g: min(kept[label] for label in self.holds[g])), name
                )
