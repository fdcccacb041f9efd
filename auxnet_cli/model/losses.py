"""The losses of the three heads (eqs. 3-6). All take logits; ``known`` skips unlabelled samples."""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import ops
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.detection.anchors import BACKGROUND, IGNORED
from auxnet_cli.model.overlap_loss import overlap_loss
from auxnet_cli.settings import LossSettings

Tensor = Any


def cross_entropy(truth: Tensor, logits: Tensor) -> Tensor:
    """Binary cross-entropy, −y·log σ(x) − (1 − y)·log(1 − σ(x)), element by element.

    Written without max(x, 0) and |x|, whose slopes at 0 differ between back ends: here the gradient
    is σ(x) − y everywhere.
    """
    return truth * ops.softplus(-logits) + (1 - truth) * ops.softplus(logits)


def segmentation_loss(
    truth: Tensor,
    logits: Tensor,
    known: Tensor,
    settings: LossSettings,
    weights: Tensor | None = None,
) -> Tensor:
    """An overlap loss, cross-entropy, or their sum, averaged over classes.

    The overlap losses are averaged over the classes that the batch shows: over an absent class they
    would only push towards silence. A batch of good parts alone has no such class, and there every
    class counts, so that false alarms are unlearned. Good parts in a mixed batch count in Σ ŷ.

    Args:
        truth: (batch, height, width, classes), 0 or 1.
        logits: likewise.
        known: (batch,), 1 where the sample has masks.
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
    absent, present = (1.0, 1.0) if weights is None else ops.convert_to_tensor(weights)
    if exclusive:
        return -ops.mean(ops.sum(truth * present * ops.log_softmax(logits), axis=-1))
    return ops.mean(cross_entropy(truth, logits) * (truth * present + (1 - truth) * absent))


def focal_loss(truth: Tensor, logits: Tensor, alpha: float, gamma: float) -> Tensor:
    """−α_t · (1 − p_t)^γ · log p_t (eq. 5), element by element.

    Args:
        truth: 0 or 1, of any shape.
        logits: likewise.
        alpha: weight of the positives; the negatives weigh 1 − α.
        gamma: exponent, 0 or above.
    """
    # log(1 − p_t): the power of 1 − p_t itself has an endless slope at 0 where γ is below 1.
    log_miss = -cross_entropy(1 - truth, logits)
    weight = truth * alpha + (1 - truth) * (1 - alpha)
    return weight * ops.exp(gamma * log_miss) * cross_entropy(truth, logits)


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
    # PyTorch's trainer hands targets on as NumPy arrays.
    targets = {name: ops.convert_to_tensor(values) for name, values in targets.items()}
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
            settings,
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
