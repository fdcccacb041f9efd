"""Losses of masks: how little of a class's pixels truth and answer share, and cross-entropy."""

from typing import Any

from auxnet_cli.backend import ops
from auxnet_cli.model.losses import cross_entropy
from auxnet_cli.settings import LossSettings

Tensor = Any

SMOOTH = 1.0

# (1 − TI)^(1/γ) has an endless slope at 0, where a class is found perfectly.
FLOOR = 1e-6


def overlap_loss(kind: str, truth: Tensor, probability: Tensor, settings: LossSettings) -> Tensor:
    """Returns an overlap loss of each class, over the pixels of the batch.

    - dice: 1 − (2·Σ y·ŷ + 1) / (Σ y + Σ ŷ + 1) (eq. 3)
    - jaccard: 1 − (Σ y·ŷ + 1) / (Σ y + Σ ŷ − Σ y·ŷ + 1)
    - tversky: 1 − TI, TI = (Σ y·ŷ + s) / (Σ y·ŷ + α·Σ y·(1 − ŷ) + β·Σ (1 − y)·ŷ + s) (Abraham and
      Khan 2018, eq. 3), with s = (α + β) / 2, so that α = β = 1/2 is dice and α = β = 1 jaccard
    - focal-tversky: (1 − TI)^(1/γ) (eq. 4 there). With γ = 4/3 the slope grows as a class is found
      better, so that small classes go on being learned to the end.

    Args:
        kind: dice, jaccard, tversky or focal-tversky.
        truth: y, (batch, height, width, classes), 0 or 1.
        probability: ŷ, (batch, height, width, classes), 0-1.
        settings: α (misses), β (false alarms) and γ.

    Returns:
        (classes,).
    """
    pixels = (0, 1, 2)
    shared = ops.sum(truth * probability, axis=pixels)
    wanted, given = ops.sum(truth, axis=pixels), ops.sum(probability, axis=pixels)
    if kind == "dice":
        return 1 - (2 * shared + SMOOTH) / (wanted + given + SMOOTH)
    if kind == "jaccard":
        return 1 - (shared + SMOOTH) / (wanted + given - shared + SMOOTH)
    misses, false_alarms = settings.tversky_misses, settings.tversky_false_alarms
    smooth = SMOOTH * (misses + false_alarms) / 2
    wrong = misses * (wanted - shared) + false_alarms * (given - shared)
    loss = 1 - (shared + smooth) / (shared + wrong + smooth)
    if kind == "tversky":
        return loss
    return ops.power(ops.maximum(loss, FLOOR), 1 / settings.tversky_gamma)


def segmentation_loss(
    truth: Tensor,
    logits: Tensor,
    known: Tensor,
    settings: LossSettings,
    weights: Tensor | None = None,
) -> Tensor:
    """Returns an overlap loss, cross-entropy, or their sum, averaged over classes.

    The overlap losses are averaged over the classes that the batch shows: over an absent class they
    would only push towards silence. A batch of good parts alone has no such class, and there every
    class counts, so that false alarms are unlearned. Good parts in a mixed batch count in Σ ŷ.

    Args:
        truth: (batch, height, width, classes), 0 or 1.
        logits: (batch, height, width, classes).
        known: (batch,), 1 where the sample has masks, 0 where it does not count.
        settings: the kind, its parameters, and the weight of defective pixels in cross-entropy.
        weights: (classes,), 1 each if not given.
    """
    weights = ops.ones_like(logits[0, 0, 0]) if weights is None else ops.convert_to_tensor(weights)
    known = ops.reshape(known, (-1, 1, 1, 1))
    parts = settings.segmentation.split("+")
    total = 0.0
    if parts[0] != "bce":
        shown = ops.cast(ops.max(truth * known, axis=(0, 1, 2)) > 0, logits.dtype)
        counts = ops.where(ops.sum(shown) > 0, shown, ops.ones_like(shown))
        losses = overlap_loss(parts[0], truth * known, ops.sigmoid(logits) * known, settings)
        # Where nothing is shown, this weighs 1.
        weighted = losses * (1 + shown * (weights - 1))
        total = total + ops.sum(weighted * counts) / ops.sum(counts)
    if parts[-1] == "bce":
        pixels = known * ops.ones_like(logits)
        positive = 1 + truth * (settings.positive_weight * weights - 1)
        weighted = cross_entropy(truth, logits) * positive
        total = total + ops.sum(weighted * known) / ops.maximum(ops.sum(pixels), 1.0)
    return total
