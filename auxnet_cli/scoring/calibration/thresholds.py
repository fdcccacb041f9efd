"""Finds thresholds of the fused scores, one for each class, that keep a promise on a split."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from auxnet_cli.scoring.evidence import Flags, Floats, Ints
from auxnet_cli.settings.calibration import Target

SLACK = 0.01
"""Most distance of a threshold from the score that it stands on, in log-odds. Scores change in
their last digits with the batch and the engine, and the promise must not."""


@dataclass(frozen=True)
class Thresholds:
    """Where parts are stopped.

    Attributes:
        values: (classes,) 0-1; a part is stopped whose score of a class reaches the class's.
        shared: (classes,) bool, the classes that share one value.
        resting: images of the split whose own score set a threshold.
    """

    values: Floats
    shared: Flags
    resting: int

    def stops(self, scores: Floats) -> Flags:
        """Decides from (images, classes) scores: (images,) bool."""
        return np.asarray((scores >= self.values).any(axis=1))


def images_needed(target: Target, level: float) -> int:
    """Returns how many images it takes to make a promise: as many as have one error at that rate.

    With fewer no error at all would be allowed, and nothing would tell how likely the next is. To
    catch a level takes defective images, a level of false alarms good ones.
    """
    errors = 1 - exact(level) if target == "catch" else exact(level)
    return ceil(1 / errors)


def catching(scores: Floats, labels: Flags, level: float) -> Thresholds:
    """Finds the highest thresholds that stop at least ``level`` of the defective images.

    - A class with enough images for the promise gets the highest threshold that at least ``level``
      of the images which show it reach with their score of it.
    - The other classes share one: the highest that at least ``level`` of all defective images
      reach, with their score of a class that they show or of one of these.

    Should fewer than ``level`` of the defective images be stopped then, because the errors of the
    classes add up, all classes are held to the next higher rate that is enough. Scores and labels
    are (images, classes); there must be ``images_needed`` defective images.
    """
    shared = labels.sum(axis=0) < images_needed("catch", level)
    defective = labels.any(axis=1)
    for rate in _rates(labels, exact(level)):
        thresholds = _caught_at(scores, labels, shared, rate)
        stopped = int(thresholds.stops(scores[defective]).sum())
        if stopped >= exact(level) * int(defective.sum()):
            break
    return thresholds


def _rates(labels: Flags, level: Fraction) -> Iterator[Fraction]:
    """Yields ``level``, and the higher rates that a class or the whole can have; 1 is the last."""
    sizes = {int(size) for size in (*labels.sum(axis=0), labels.any(axis=1).sum()) if size}
    rates = {Fraction(part, size) for size in sizes for part in range(size + 1)}
    yield level
    yield from sorted(rate for rate in rates if rate > level)


def _caught_at(scores: Floats, labels: Flags, shared: Flags, rate: Fraction) -> Thresholds:
    values = np.zeros(labels.shape[1])
    resting = set()
    for label in np.flatnonzero(~shared):
        shows = np.flatnonzero(labels[:, label])
        image = _lowest(scores[shows, label], shows, rate)
        values[label] = _just_below(scores[image, label], scores[:, label])
        resting.add(image)
    if shared.any():
        defective = np.flatnonzero(labels.any(axis=1))
        strongest = np.where(labels | shared, scores, -1).max(axis=1)
        image = _lowest(strongest[defective], defective, rate)
        others = np.append(scores[:, shared], strongest[defective])
        values[shared] = _just_below(strongest[image], others)
        resting.add(image)
    return Thresholds(values, shared, len(resting))


def _lowest(scores: Floats, images: Ints, rate: Fraction) -> int:
    """Returns the image of the lowest score that must be caught."""
    allowed = floor((1 - rate) * len(scores))
    return int(images[np.argsort(scores, kind="stable")[allowed]])


def alarming(scores: Floats, labels: Flags, level: float) -> Thresholds:
    """Finds the lowest thresholds at which at most ``level`` of the good images are stopped.

    Each class has the same quantile of its scores on the good images, so that no class takes the
    false alarms of the others. Scores and labels are (images, classes); there must be
    ``images_needed`` good images.
    """
    good = np.flatnonzero(~labels.any(axis=1))
    allowed = floor(exact(level) * len(good))
    order = np.argsort(-scores[good], axis=0, kind="stable")
    thresholds = Thresholds(np.ones(scores.shape[1]), np.zeros(scores.shape[1], bool), 0)
    for images in good[order]:  # above the highest score of each class, above the next, ...
        values = np.array(
            [_just_above(scores[image, c], scores[:, c]) for c, image in enumerate(images)]
        )
        lower = Thresholds(values, thresholds.shared, len(set(images.tolist())))
        if int(lower.stops(scores[good]).sum()) > allowed:
            break
        thresholds = lower
    return thresholds


def _just_below(score: float, others: Floats) -> float:
    """Returns a value a little below a score and above the next lower one."""
    gaps = score - others[others < score]
    return float(score - min(_slack(score), gaps.min() / 2 if gaps.size else score))


def _just_above(score: float, others: Floats) -> float:
    """Returns a value a little above a score and below the next higher one."""
    gaps = others[others > score] - score
    return float(score + min(_slack(score), gaps.min() / 2 if gaps.size else 1 - score))


def _slack(score: float) -> float:
    # A step of log-odds is one of score × (1 − score) in the score.
    return SLACK * score * (1 - score)


def exact(level: float) -> Fraction:
    """Returns 0.9 as nine tenths; the nearest binary fraction would make counts off by one."""
    return Fraction(repr(float(level)))
