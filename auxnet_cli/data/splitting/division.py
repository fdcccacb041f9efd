"""How a data set is divided: the recipe that was asked for, and the splits that came of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.splitting.folds import check_folds, fold_images
from auxnet_cli.data.splitting.given_split import complete_split, given_splits
from auxnet_cli.data.splitting.grouping_rules import PartOf, Photo, read_rule
from auxnet_cli.data.splitting.groups import connected, group_images
from auxnet_cli.data.splitting.split import check_fractions, split_images, whole_split
from auxnet_cli.errors import InputError

_FEW = 10  # images, of which the half may well be of one part


@dataclass(frozen=True)
class Recipe:
    """What was asked for.

    Attributes:
        val, test: parts of the images, 0-1; with 1 of one of them all images go there, also those
            to which the source gives a split.
        seed: which of the possible divisions.
        group_by: what images belong together, as :func:`parts.read_rule` takes it.
        folds: how many folds to make besides; 0 for none.
        resplit: whether a split that the source gives is passed over.
    """

    val: float
    test: float
    seed: int
    group_by: str | None = None
    folds: int = 0
    resplit: bool = False

    @property
    def whole(self) -> str | None:
        """The split that all images go to; ``None`` where they are divided."""
        return whole_split(self.val, self.test)

    def rule(self) -> PartOf | None:
        """Check the recipe, and read what it says of groups.

        Raises:
            InputError: it cannot be followed.
        """
        check_fractions(self.val, self.test)
        if self.folds:
            check_folds(self.folds, self.val)
        return read_rule(self.group_by) if self.group_by else None

    def document(self, given: Sequence[str]) -> dict[str, Any]:
        """What ``dataset.yaml`` says of it; ``given`` are the splits that are the source's."""
        group_by = self.group_by
        if group_by and group_by.lower().endswith(".csv"):
            group_by = Path(group_by).name  # the folders above it are nobody else's
        recipe: dict[str, Any] = {
            "val": self.val,
            "test": self.test,
            "seed": self.seed,
            "group_by": group_by,
        }
        if given:
            recipe["given"] = list(given)
        if self.folds:
            recipe["folds"] = self.folds
        return recipe


@dataclass(frozen=True)
class Division:
    """What came of it.

    Attributes:
        groups: the group of each image.
        splits: the split of each image.
        folds: the split of each image in each fold.
        given: the splits that are the source's.
        warnings: what a user should know before training.
    """

    groups: list[int]
    splits: list[str]
    folds: list[list[str]]
    given: list[str]
    warnings: list[str]


def divide(
    entries: Sequence[Entry],
    classes: Sequence[str],
    skipped: set[str],
    recipe: Recipe,
    rule: PartOf | None,
    audit: Audit,
    alike: Sequence[tuple[int, int]] = (),
) -> Division:
    """Divide the images as the recipe says.

    Args:
        entries: the images.
        classes: the names of the classes, in order.
        skipped: paths below the source of the images passed over.
        recipe: what was asked for.
        rule: what :meth:`Recipe.rule` gave.
        audit: takes duplicates, what does not fit the groups, and groups torn apart.
        alike: near-duplicates, pairs of positions.

    Raises:
        InputError: the groups leave nothing to divide.
    """
    photos = [Photo(entry.file, entry.name, entry.sha256) for entry in entries]
    parts = rule(photos, skipped, audit) if rule else [None] * len(photos)
    groups = group_images(photos, parts, audit, alike)
    wanted = recipe.val + recipe.test > 0 and recipe.whole is None
    if rule and wanted and len(set(groups)) == 1 and len(groups) > 1:
        raise InputError(
            f"--group-by {recipe.group_by} puts all {len(groups)} images in one group, which "
            "leaves none for validation and test: group them by something finer."
        )
    labels = [frozenset(classes.index(name) for name in entry.classes) for entry in entries]
    val, test, seed = recipe.val, recipe.test, recipe.seed
    given = [] if recipe.resplit or recipe.whole else given_splits(entries)
    if given:
        splits = complete_split(entries, labels, groups, val, test, seed, audit)
    else:
        splits = split_images(labels, groups, val, test, seed)
    folds = fold_images(labels, groups, recipe.folds, val, seed) if recipe.folds else []
    warnings = _alike_warnings(len(entries), alike, audit)
    warnings += _given_warnings(splits, audit) if given else []
    warnings += _fold_warnings(labels, folds, classes, audit)
    return Division(groups, splits, folds, given, warnings)


def name_groups(entries: Sequence[Entry], groups: Sequence[int]) -> list[Entry]:
    """The images with the names of their groups; an image by itself stays as it is.

    Args:
        entries: the images.
        groups: the position of the first member of each image's group.
    """
    members = Counter(groups)
    return [
        replace(entry, group=entries[first].name) if members[first] > 1 else entry
        for entry, first in zip(entries, groups, strict=True)
    ]


def _alike_warnings(number: int, alike: Sequence[tuple[int, int]], audit: Audit) -> list[str]:
    """One group of near-duplicates so large that hardly anything is left to divide."""
    if number < _FEW:
        return []
    largest = max(Counter(connected(number, alike)).values())
    if 2 * largest <= number:
        return []
    warning = (
        f"{largest} of {number} images look like photos of one part and go to one split: look at "
        "them in audit.html before you trust a score."
    )
    audit.add("near-duplicates-everywhere", "", warning, "went on")
    return [warning]


def _given_warnings(splits: Sequence[str], audit: Audit) -> list[str]:
    warnings = []
    torn = audit.counts().get("group-torn-apart", 0)
    if torn:
        warnings.append(
            f"The source's own split tears groups apart ({torn} images): scores on it come out too "
            "good. --resplit makes a split that keeps them together."
        )
    if "train" not in splits:
        warnings.append(
            "The source's own split has no training image: the data set can be evaluated on, not "
            "trained on. --resplit makes a split that has."
        )
        audit.add("no-training-image", "", warnings[-1], "went on")
    return warnings


def _fold_warnings(
    labels: Sequence[frozenset[int]],
    folds: Sequence[Sequence[str]],
    classes: Sequence[str],
    audit: Audit,
) -> list[str]:
    """Classes that a fold tests without having trained on them: they have one group."""
    warnings = []
    for number, splits in enumerate(folds, start=1):
        seen = {
            label
            for own, split in zip(labels, splits, strict=True)
            if split == "train"
            for label in own
        }
        shown = frozenset[int]().union(*labels)
        names = ", ".join(classes[label] for label in sorted(shown - seen))
        if names:
            warnings.append(
                f"Fold {number} trains on no image of {names}: all lie in one group, or in groups "
                "that could not be parted."
            )
            audit.add("class-missing-in-fold", "", warnings[-1], "went on")
    return warnings
