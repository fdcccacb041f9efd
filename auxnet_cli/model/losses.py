"""The losses of the three heads (eqs. 3-6). All take logits; ``known`` skips unlabelled samples."""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import ops
from auxnet_cli.model.anchors import BACKGROUND, IGNORED
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.settings import LossSettings

Tensor = Any

SMOOTH = 1.0


def dice_loss(truth: Tensor, probability: Tensor) -> Tensor:
    """1 − (2·Σ y·ŷ + 1) / (Σ y + Σ ŷ + 1) (eq. 3), per class over the batch's pixels.

    Args:
        truth: (batch, height, width, classes), 0 or 1.
        probability: likewise, 0-1.

    Returns:
        (classes,).
    """
    shared = ops.sum(truth * probability, axis=(0, 1, 2))
    total = ops.sum(truth, axis=(0, 1, 2)) + ops.sum(probability, axis=(0, 1, 2))
    return 1 - (2 * shared + SMOOTH) / (total + SMOOTH)


def jaccard_loss(truth: Tensor, probability: Tensor) -> Tensor:
    """1 − (Σ y·ŷ + 1) / (Σ y + Σ ŷ − Σ y·ŷ + 1), per class over the batch's pixels.

    Shapes as in :func:`dice_loss`.
    """
    shared = ops.sum(truth * probability, axis=(0, 1, 2))
    total = ops.sum(truth, axis=(0, 1, 2)) + ops.sum(probability, axis=(0, 1, 2))
    return 1 - (shared + SMOOTH) / (total - shared + SMOOTH)


def cross_entropy(truth: Tensor, logits: Tensor) -> Tensor:
    """Binary cross-entropy, −y·log σ(x) − (1 − y)·log(1 − σ(x)), element by element."""
    return ops.relu(logits) - truth * logits + ops.softplus(-ops.absolute(logits))


def segmentation_loss(
    truth: Tensor, logits: Tensor, known: Tensor, kind: str, weights: Tensor | None = None
) -> Tensor:
    """One of the paper's Table I, averaged over classes.

    The overlap losses are averaged over the classes that the batch shows: over an absent class they
    would only push towards silence. A batch of good parts alone has no such class, and there every
    class counts, so that false alarms are unlearned. Good parts in a mixed batch count in Σ ŷ.

    Args:
        truth: (batch, height, width, classes), 0 or 1.
        logits: likewise.
        known: (batch,), 1 where the sample has masks.
        kind: dice, bce, jaccard, dice+bce or jaccard+bce.
        weights: (classes,), 1 each if not given.
    """
    weights = ops.ones_like(logits[0, 0, 0]) if weights is None else weights
    known = ops.reshape(known, (-1, 1, 1, 1))
    total = 0.0
    overlap = {"dice": dice_loss, "jaccard": jaccard_loss}.get(kind.split("+", maxsplit=1)[0])
    if overlap is not None:
        shown = ops.cast(ops.max(truth * known, axis=(0, 1, 2)) > 0, logits.dtype)
        counts = ops.where(ops.sum(shown) > 0, shown, ops.ones_like(shown))
        losses = overlap(truth * known, ops.sigmoid(logits) * known)
        # Where nothing is shown, this weighs 1.
        weighted = losses * (1 + shown * (weights - 1))
        total = total + ops.sum(weighted * counts) / ops.sum(counts)
    if "bce" in kind:
        pixels = known * ops.ones_like(logits)
        weighted = cross_entropy(truth, logits) * (1 + truth * (weights - 1))
        total = total + ops.sum(weighted * known) / ops.maximum(ops.sum(pixels), 1.0)
    return total


def classification_loss(
    truth: Tensor, logits: Tensor, exclusive: bool, weights: Tensor | None = None
) -> Tensor:
    """Mean binary cross-entropy (eq. 4); for exclusive labels the categorical one.

    Args:
        truth: (batch, classes) 0 or 1; exclusive labels have "good" first and sum to 1.
        logits: likewise.
        exclusive: the label kind.
        weights: (2, classes), of truth 0 and truth 1; 1 each if not given. Of exclusive labels
            only truth 1 counts.
    """
    absent, present = (1.0, 1.0) if weights is None else (weights[0], weights[1])
    if exclusive:
        return -ops.mean(ops.sum(truth * present * ops.log_softmax(logits), axis=-1))
    return ops.mean(cross_entropy(truth, logits) * (truth * present + (1 - truth) * absent))


def focal_loss(truth: Tensor, logits: Tensor, alpha: float, gamma: float) -> Tensor:
    """−α_t · (1 − p_t)^γ · log p_t (eq. 5), element by element.

    Args:
        truth: 0 or 1, of any shape.
        logits: likewise.
        alpha: weight of the positives; the negatives weigh 1 − α.
        gamma: exponent.
    """
    probability = ops.sigmoid(logits)
    miss = truth * (1 - probability) + (1 - truth) * probability
    weight = truth * alpha + (1 - truth) * (1 - alpha)
    return weight * ops.power(miss, gamma) * cross_entropy(truth, logits)


def smooth_l1(truth: Tensor, offsets: Tensor) -> Tensor:
    """d² / 2 where |d| < 1, else |d| − 1/2, element by element."""
    distance = ops.absolute(truth - offsets)
    return ops.where(distance < 1, distance**2 / 2, distance - 0.5)


def detection_loss(
    classes: Tensor, offsets: Tensor, scores: Tensor, boxes: Tensor, settings: LossSettings
) -> Tensor:
    """Focal loss of all anchors plus smooth-L1 of the matched ones, a matched anchor.

    Divided by max(1, matched anchors): a batch of good parts still teaches the class subnet.

    Args:
        classes: (batch, anchors) class index, ``BACKGROUND`` or ``IGNORED``.
        offsets: (batch, anchors, 4).
        scores: (batch, anchors, classes) logits.
        boxes: (batch, anchors, 4).
        settings: α and γ.
    """
    matched = ops.cast(classes > BACKGROUND, scores.dtype)
    counted = ops.cast(classes != IGNORED, scores.dtype)
    truth = ops.one_hot(ops.maximum(classes, 0), scores.shape[-1], dtype=scores.dtype)
    truth = truth * matched[..., None]
    positives = ops.maximum(ops.sum(matched), 1.0)
    focal = focal_loss(truth, scores, settings.focal_alpha, settings.focal_gamma)
    shift = ops.mean(smooth_l1(offsets, boxes), axis=-1)
    return (ops.sum(focal * counted[..., None]) + ops.sum(shift * matched)) / positives


def head_losses(
    targets: Mapping[str, Tensor],
    outputs: Mapping[str, Tensor],
    settings: LossSettings,
    exclusive: bool,
    weights: ClassWeights | None = None,
) -> dict[str, Tensor]:
    """The loss of each head that was built, unweighted.

    Args:
        targets: ``classification``, ``segmentation``, ``segmentation_known``, ``detection_classes``
            and ``detection_boxes``, shaped as the losses say; of the heads built.
        outputs: the network's.
        settings: kinds and parameters.
        exclusive: the label kind.
        weights: of the classes, for classification and segmentation.
    """
    losses = {}
    if "classification" in outputs:
        losses["classification"] = classification_loss(
            targets["classification"],
            outputs["classification"],
            exclusive,
            weights and weights.classification,
        )
    if "segmentation" in outputs:
        truth = ops.cast(targets["segmentation"], outputs["segmentation"].dtype)
        known = ops.cast(targets["segmentation_known"], truth.dtype)
        losses["segmentation"] = segmentation_loss(
            truth,
            outputs["segmentation"],
            known,
            settings.segmentation,
            weights and weights.segmentation,
        )
    if "detection_scores" in outputs:
        losses["detection"] = detection_loss(
            targets["detection_classes"],
            targets["detection_boxes"],
            outputs["detection_scores"],
            outputs["detection_boxes"],
            settings,
        )
    return losses


def total_loss(losses: Mapping[str, Tensor], settings: LossSettings) -> Tensor:
    """L_M = β L_class + β1 L_seg + β2 L_det (eq. 6), over the heads that were built."""
    return sum(getattr(settings, f"{head}_weight") * loss for head, loss in losses.items())
