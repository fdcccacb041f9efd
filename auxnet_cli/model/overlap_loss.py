"""Overlap losses of masks: how little of a class's pixels truth and answer share."""

from typing import Any

from auxnet_cli.backend import ops
from auxnet_cli.settings import LossSettings

Tensor = Any

SMOOTH = 1.0

# (1 − TI)^(1/γ) has an endless slope at 0, where a class is found perfectly.
FLOOR = 1e-6


def dice_loss(truth: Tensor, probability: Tensor) -> Tensor:
    """1 − (2·Σ y·ŷ + 1) / (Σ y + Σ ŷ + 1) (eq. 3), per class over the batch's pixels.

    Args:
        truth: (batch, height, width, classes), 0 or 1.
        probability: likewise, 0-1.

    Returns:
        (classes,).
    """
    shared, true, found = _sums(truth, probability)
    return 1 - (2 * shared + SMOOTH) / (true + found + SMOOTH)


def jaccard_loss(truth: Tensor, probability: Tensor) -> Tensor:
    """1 − (Σ y·ŷ + 1) / (Σ y + Σ ŷ − Σ y·ŷ + 1), per class over the batch's pixels.

    Shapes as in :func:`dice_loss`.
    """
    shared, true, found = _sums(truth, probability)
    return 1 - (shared + SMOOTH) / (true + found - shared + SMOOTH)


def tversky_loss(truth: Tensor, probability: Tensor, misses: float, false_alarms: float) -> Tensor:
    """1 − TI, the Tversky index's (Abraham and Khan 2018, eq. 3), per class.

    TI = (Σ y·ŷ + s) / (Σ y·ŷ + α·Σ y·(1 − ŷ) + β·Σ (1 − y)·ŷ + s), with s = (α + β) / 2, with which
    α = β = 1/2 is :func:`dice_loss` and α = β = 1 is :func:`jaccard_loss`.

    Args:
        truth: (batch, height, width, classes), 0 or 1.
        probability: likewise, 0-1.
        misses: α, the weight of defective pixels that are not found; above 0.
        false_alarms: β, the weight of pixels that are falsely found; above 0.

    Returns:
        (classes,).
    """
    shared, true, found = _sums(truth, probability)
    smooth = SMOOTH * (misses + false_alarms) / 2
    wrong = misses * (true - shared) + false_alarms * (found - shared)
    return 1 - (shared + smooth) / (shared + wrong + smooth)


def focal_tversky_loss(
    truth: Tensor, probability: Tensor, misses: float, false_alarms: float, gamma: float
) -> Tensor:
    """(1 − TI)^(1/γ) (Abraham and Khan 2018, eq. 4), per class.

    With the paper's γ of 4/3 the slope grows as a class is found better, so that small classes go
    on being learned to the end. Arguments as in :func:`tversky_loss`.
    """
    loss = ops.maximum(tversky_loss(truth, probability, misses, false_alarms), FLOOR)
    return ops.power(loss, 1 / gamma)


def overlap_loss(kind: str, truth: Tensor, probability: Tensor, settings: LossSettings) -> Tensor:
    """The overlap loss named ``kind``, per class.

    Args:
        kind: dice, jaccard, tversky or focal-tversky.
        truth: (batch, height, width, classes), 0 or 1.
        probability: likewise, 0-1.
        settings: the parameters of Tversky's.

    Returns:
        (classes,).
    """
    if kind == "dice":
        return dice_loss(truth, probability)
    if kind == "jaccard":
        return jaccard_loss(truth, probability)
    misses, false_alarms = settings.tversky_misses, settings.tversky_false_alarms
    if kind == "tversky":
        return tversky_loss(truth, probability, misses, false_alarms)
    return focal_tversky_loss(truth, probability, misses, false_alarms, settings.tversky_gamma)


def _sums(truth: Tensor, probability: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(classes,) each: Σ y·ŷ, Σ y, Σ ŷ over the batch's pixels."""
    pixels = (0, 1, 2)
    return (
        ops.sum(truth * probability, axis=pixels),
        ops.sum(truth, axis=pixels),
        ops.sum(probability, axis=pixels),
    )
