"""Defines what a detector by anchors minimises: the losses of its scores and of its boxes."""

from auxnet_cli.backend import Tensor, ops
from auxnet_cli.documents.coding import BOX_MOST_LOG_SCALE
from auxnet_cli.model.blocks import OUTPUT
from auxnet_cli.model.detection.assignment import BACKGROUND, IGNORED
from auxnet_cli.model.detection.boxes import SPREAD
from auxnet_cli.model.losses import focal_loss, smooth_l1, varifocal_loss
from auxnet_cli.settings import LossSettings

GIOU_WEIGHT = 2.0
"""Weight of the GIoU loss beside that of the scores (ATSS, Zhang et al. 2020)."""


def anchor_loss(
    classes: Tensor, offsets: Tensor, scores: Tensor, boxes: Tensor, settings: LossSettings
) -> Tensor:
    """Returns the loss of all anchors' scores plus the loss of the assigned anchors' boxes.

    Both are summed and divided by max(1, assigned anchors of the batch): a batch of good parts
    still teaches the class subnet.

    Args:
        classes: (batch, anchors) class index, ``BACKGROUND`` or ``IGNORED``.
        offsets: (batch, anchors, 4), those wanted.
        scores: (batch, anchors, classes) logits.
        boxes: (batch, anchors, 4), the offsets given.
        settings: ``boxes``, ``box_scores``, and α and γ of the latter.
    """
    scores, boxes = ops.cast(scores, OUTPUT), ops.cast(boxes, OUTPUT)
    assigned = ops.cast(classes > BACKGROUND, OUTPUT)
    counted = ops.cast(classes != IGNORED, OUTPUT)
    truth = ops.one_hot(ops.maximum(classes, 0), scores.shape[-1], dtype=OUTPUT)
    truth = truth * assigned[..., None]
    iou, giou = overlaps(offsets, boxes)
    score_loss = focal_loss
    if settings.box_scores == "varifocal":
        score_loss = varifocal_loss
        truth = truth * ops.clip(ops.stop_gradient(iou), 0.0, 1.0)[..., None]
    of_scores = score_loss(truth, scores, settings.focal_alpha, settings.focal_gamma)
    if settings.boxes == "giou":
        of_boxes = GIOU_WEIGHT * (1 - giou)
    else:
        of_boxes = ops.mean(smooth_l1(offsets, boxes), axis=-1)
    total = ops.sum(of_scores * counted[..., None]) + ops.sum(of_boxes * assigned)
    return total / ops.maximum(ops.sum(assigned), 1.0)


def overlaps(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor]:
    """Returns IoU and generalised IoU of boxes that are given as offsets from the same anchors.

    The generalised IoU is IoU − (C − U) / C, with the union U and the smallest box C around both
    (Rezatofighi et al. 2019, algorithm 1): from -1, far apart, to 1, equal. Both ratios are the
    same in any units of x and y, so that they are computed with the anchor as the unit square.

    Args:
        first: (..., 4) offsets as :func:`auxnet_cli.model.detection.boxes.encode` makes them.
        second: of the same shape.

    Returns:
        Two tensors of the shape (...).
    """
    (low, high, area), (other_low, other_high, other_area) = map(_decoded, (first, second))
    shared = _area(ops.relu(ops.minimum(high, other_high) - ops.maximum(low, other_low)))
    around = ops.maximum(high, other_high) - ops.minimum(low, other_low)
    union = area + other_area - shared
    iou = shared / union
    # Side by side: the area around boxes that are very far apart overflows.
    return iou, iou - 1 + union / around[..., 0] / around[..., 1]


def _decoded(offsets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Returns low corners (..., 2), high corners (..., 2) and areas (...), with anchors as units.

    Sizes are limited as in :func:`auxnet_cli.model.detection.boxes.decode`.
    """
    offsets = ops.cast(offsets, OUTPUT) * SPREAD
    centre = offsets[..., :2]
    sides = ops.exp(ops.minimum(offsets[..., 2:], BOX_MOST_LOG_SCALE))
    return centre - sides / 2, centre + sides / 2, _area(sides)


def _area(sides: Tensor) -> Tensor:
    return sides[..., 0] * sides[..., 1]
