"""k-fold cross-validation: every image is tested once, by a network that never saw its part."""

from collections.abc import Hashable, Sequence

from auxnet_cli.data.splitting.split import split_images
from auxnet_cli.data.splitting.stratify import Stratifier
from auxnet_cli.errors import InputError


def check_folds(folds: int, val: float) -> None:
    """Check that the number of folds leaves something to train on beside validation.

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
    """The split of each image in each fold.

    Args:
        labels: the classes on each image; none means a good part.
        groups: the group of each image.
        folds: how many.
        val: part of all images for validation in each fold, 0-1.
        seed: which of the possible divisions.

    Returns:
        ``folds`` lists with ``"train"``, ``"val"`` or ``"test"`` for each image. The test splits
        are a partition of the images, none is empty, and each has about its share of every class.
        A class is in a fold's train if it has a group outside the fold's test.

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
    stratifier = Stratifier(labels, groups, dict.fromkeys(range(folds), 1 / folds), seed)
    stratifier.run()
    part = val / (1 - 1 / folds)  # of the images that are not tested
    return [
        _one(labels, groups, [stratifier.where[group] == fold for group in groups], part, seed)
        for fold in range(folds)
    ]


def _one(
    labels: Sequence[frozenset[int]],
    groups: Sequence[Hashable],
    tested: Sequence[bool],
    val: float,
    seed: int,
) -> list[str]:
    """The splits of one fold: those not tested are divided into train and val."""
    rest = [place for place, out in enumerate(tested) if not out]
    divided = iter(split_images([labels[i] for i in rest], [groups[i] for i in rest], val, 0, seed))
    return ["test" if out else next(divided) for out in tested]
