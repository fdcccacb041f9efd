"""Divides images into train, val and test, or into folds, by class and by group.

Images of one group (the photos of one part) stay together, since near-copies in two splits inflate
every score. Within that, each class is spread by the fractions: see :mod:`stratification`.
"""

from collections.abc import Hashable, Sequence

from auxnet_cli.data.splitting.stratification import Stratifier
from auxnet_cli.errors import InputError

# From so many groups on, a class has one in the split, whatever the fractions say: the first goes
# to train, the second to test, and val gets one only if train keeps two.
_NEEDED = {"train": 1, "test": 2, "val": 4}


def split_images(
    labels: Sequence[frozenset[int]], groups: Sequence[Hashable], val: float, test: float, seed: int
) -> list[str]:
    """Divides images into ``"train"``, ``"val"`` and ``"test"``.

    Every class has a group in train. It has one in test from 2 groups on and one in val from 4 on,
    as far as groups that hold several classes allow. A fraction of 1 puts every image there, and
    leaves nothing to train on. Takes the classes on each image (none on a good part), the group of
    each, and fractions of 0-1; the seed selects one of the possible splits.

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
    return [splitter.part_of[group] for group in groups]


def check_fractions(val: float, test: float) -> None:
    """Checks that the fractions leave something to train on, or that one of them is all.

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
    """Returns the split that gets all images, because one fraction is 1 and the other 0."""
    return {(1.0, 0.0): "val", (0.0, 1.0): "test"}.get((val, test))


class _Splitter(Stratifier):
    """Ensures that train has every class, and that val and test have those with enough groups."""

    def run(self) -> None:
        super().run()
        for label, members in self.members.items():
            if not self.groups["train"][label]:
                self.assign(members[-1], "train")
        for name in ("test", "val"):
            if name in self.lacks and name not in self.part_of.values():
                self._fill(name)

    def choose(self, label: int, left: int) -> str:
        members = len(self.members[label])
        bare = [
            name for name in self.lacks if not self.groups[name][label] and members >= _NEEDED[name]
        ]
        return bare[0] if bare and left <= len(bare) else super().choose(label, left)

    def _fill(self, name: str) -> None:
        """Gives an empty split a group whose classes train keeps, if there is one."""
        kept = self.groups["train"]
        spare = [
            group
            for group in reversed(self.order)
            if self.part_of[group] == "train"
            and all(kept[label] > 1 for label in self.holds[group])
        ]
        if spare:
            chosen = max(spare, key=lambda group: min(kept[label] for label in self.holds[group]))
            self.assign(chosen, name)


def check_folds(folds: int, val: float) -> None:
    """Checks that the number of folds leaves something to train on beside validation.

    Raises:
        InputError: it does not.
    """
    if folds < 2:
        raise InputError(f"--folds {folds}: at least 2 are needed, one to test and one to train.")
    if not val < 1 - 1 / folds:
        raise InputError(
            f"--folds {folds} with val {val}: a fold tests 1/{folds} of the images and validates "
            f"{val:g} of them, which leaves none to train on; take a smaller --val."
        )


def fold_images(
    labels: Sequence[frozenset[int]],
    groups: Sequence[Hashable],
    folds: int,
    val: float,
    seed: int,
) -> list[list[str]]:
    """Divides images for k-fold cross-validation: for each fold the split of each image.

    The test splits are a partition of the images, none is empty, and each has about its share of
    every class. A class is in a fold's train if it has a group outside the fold's test.

    Takes what :func:`split_images` takes; ``val`` is the fraction of all images in each fold.

    Raises:
        InputError: fewer groups than folds, or a number that :func:`check_folds` refuses.
    """
    check_folds(folds, val)
    number = len(set(groups))
    if number < folds:
        raise InputError(
            f"--folds {folds}: there are only {number} groups of images, and no group is divided; "
            "take fewer folds."
        )
    names = [str(fold) for fold in range(folds)]
    stratifier = Stratifier(labels, groups, dict.fromkeys(names, 1 / folds), seed)
    stratifier.run()
    fold_of = [stratifier.part_of[group] for group in groups]
    val_of_rest = val / (1 - 1 / folds)
    divided = []
    for name in names:
        rest = [index for index, fold in enumerate(fold_of) if fold != name]
        rest_labels, rest_groups = [labels[i] for i in rest], [groups[i] for i in rest]
        splits = iter(split_images(rest_labels, rest_groups, val_of_rest, 0, seed))
        divided.append(["test" if fold == name else next(splits) for fold in fold_of])
    return divided
