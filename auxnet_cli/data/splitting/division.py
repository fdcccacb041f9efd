"""Divides a data set by a recipe: groups, splits and folds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.splitting.given_split import complete_split, given_splits
from auxnet_cli.data.splitting.grouping_rules import GroupingRule, read_rule
from auxnet_cli.data.splitting.groups import connected, group_images
from auxnet_cli.data.splitting.splits import (
    check_folds,
    check_fractions,
    fold_images,
    split_images,
    whole_split,
)
from auxnet_cli.documents.dataset_card import SplitRecipe
from auxnet_cli.errors import InputError

_FEW = 10  # so few images may well show mostly one part


def check_recipe(recipe: SplitRecipe) -> GroupingRule | None:
    """Checks a recipe, and reads its grouping rule.

    Raises:
        InputError: it cannot be followed.
    """
    check_fractions(recipe.val, recipe.test)
    if recipe.folds:
        check_folds(recipe.folds, recipe.val)
    return read_rule(recipe.group_by) if recipe.group_by else None


@dataclass(frozen=True)
class Division:
    """A divided data set.

    Attributes:
        groups: the group of each image, as the index of the group's first image.
        splits: the split of each image.
        folds: for each fold the split of each image.
        given: the splits that were kept as the source defines them.
        warnings: sentences about what affects training.
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
    recipe: SplitRecipe,
    rule: GroupingRule | None,
    audit: Audit,
    alike: Sequence[tuple[int, int]] = (),
    resplit: bool = False,
) -> Division:
    """Divides the images as the recipe says, and notes duplicates and groups that do not fit.

    With a fraction of 1 all images go to one split, whatever split the source defines. ``rule`` is
    the result of :func:`check_recipe`; ``skipped`` has the paths below the source of skipped
    images, ``alike`` pairs of indices of near-duplicates. ``resplit`` ignores the source's split.

    Raises:
        InputError: the groups leave nothing to divide.
    """
    parts = rule(entries, skipped, audit) if rule else [None] * len(entries)
    groups = group_images(entries, parts, audit, alike)
    whole = whole_split(recipe.val, recipe.test)
    divided = recipe.val + recipe.test > 0 and whole is None
    if rule and divided and len(set(groups)) == 1 and len(groups) > 1:
        raise InputError(
            f"--group-by {recipe.group_by} puts all {len(groups)} images in one group, which "
            "leaves none for validation and test: group them by something finer."
        )
    labels = [frozenset(classes.index(name) for name in entry.classes) for entry in entries]
    val, test, seed = recipe.val, recipe.test, recipe.seed
    given = [] if resplit or whole else given_splits(entries)
    if given:
        splits = complete_split(entries, labels, groups, val, test, seed, audit)
    else:
        splits = split_images(labels, groups, val, test, seed)
    folds = fold_images(labels, groups, recipe.folds, val, seed) if recipe.folds else []
    warnings = _near_duplicate_warnings(len(entries), alike, audit)
    warnings += _given_warnings(splits, audit) if given else []
    warnings += _fold_warnings(labels, folds, classes, audit)
    return Division(groups, splits, folds, given, warnings)


def name_groups(entries: Sequence[Entry], groups: Sequence[int]) -> list[Entry]:
    """Returns the images with the names of their groups; a group of one image has no name."""
    members = Counter(groups)
    return [
        replace(entry, group=entries[first].name) if members[first] > 1 else entry
        for entry, first in zip(entries, groups, strict=True)
    ]


def _near_duplicate_warnings(
    number: int, alike: Sequence[tuple[int, int]], audit: Audit
) -> list[str]:
    """Warns of a group of near-duplicates so large that hardly anything is left to divide."""
    if number < _FEW:
        return []
    largest = max(Counter(connected(number, alike)).values())
    if 2 * largest <= number:
        return []
    warning = (
        f"{largest} of {number} images look like photos of one part and go to one split: look at "
        "them in audit.html before you trust a score."
    )
    return [audit.warn("near-duplicates-everywhere", warning)]


def _given_warnings(splits: Sequence[str], audit: Audit) -> list[str]:
    """Warns of what the source's own split leaves to be desired."""
    warnings = []
    torn = audit.counts().get("group-torn-apart", 0)
    if torn:
        warnings.append(
            f"The source's own split tears groups apart ({torn} images): scores on it come out too "
            "good. --resplit makes a split that keeps them together."
        )
    if "train" not in splits:
        warning = (
            "The source's own split has no training image: the data set can be evaluated on, not "
            "trained on. --resplit makes a split that has."
        )
        warnings.append(audit.warn("no-training-image", warning))
    return warnings


def _fold_warnings(
    labels: Sequence[frozenset[int]],
    folds: Sequence[Sequence[str]],
    classes: Sequence[str],
    audit: Audit,
) -> list[str]:
    """Warns of classes that a fold tests but does not train on, since all lie in one group."""
    warnings = []
    shown = frozenset[int]().union(*labels)
    for number, splits in enumerate(folds, start=1):
        pairs = zip(labels, splits, strict=True)
        trained = frozenset[int]().union(*(label for label, split in pairs if split == "train"))
        names = ", ".join(classes[label] for label in sorted(shown - trained))
        if names:
            warning = (
                f"Fold {number} trains on no image of {names}: all lie in one group, or in groups "
                "that could not be parted."
            )
            warnings.append(audit.warn("class-missing-in-fold", warning))
    return warnings
