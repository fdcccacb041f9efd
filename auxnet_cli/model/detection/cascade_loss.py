"""Defines what Cascade R-CNN minimises: the proposals' loss, and each stage's at its own IoU."""

from collections.abc import Mapping

from auxnet_cli.backend import Tensor, ops
from auxnet_cli.model.blocks import OUTPUT
from auxnet_cli.model.detection.assignment import BACKGROUND, IGNORED
from auxnet_cli.model.detection.box_tensors import encode_boxes, pairwise_iou
from auxnet_cli.model.detection.ssd_loss import ssd_loss
from auxnet_cli.model.losses import cross_entropy, smooth_l1

MATCHES = (0.5, 0.6, 0.7)
"""IoU from which a box is a defect in each stage."""

WEIGHTS = (1.0, 0.5, 0.25)
"""Weights of the stages' losses (mmdetection)."""


def proposal_loss(classes: Tensor, shifts: Tensor, objects: Tensor, given: Tensor) -> Tensor:
    """Returns cross-entropy plus smooth-L1 loss of the proposals' anchors.

    Assigned and background anchors weigh alike in the former, as if as many of each were drawn.

    Args:
        classes: (batch, anchors) 0 for a defect of any class, ``BACKGROUND`` or ``IGNORED``.
        shifts: (batch, anchors, 4), those wanted.
        objects: (batch, anchors, 1) logits.
        given: (batch, anchors, 4), the offsets given.
    """
    objects, given = ops.cast(objects[..., 0], OUTPUT), ops.cast(given, OUTPUT)
    assigned = ops.cast(classes > BACKGROUND, OUTPUT)
    background = 1 - assigned - ops.cast(classes == IGNORED, OUTPUT)
    entropy = cross_entropy(assigned, objects)
    count = ops.maximum(ops.sum(assigned), 1.0)
    return (
        ops.sum(entropy * assigned) / count / 2
        + ops.sum(entropy * background) / ops.maximum(ops.sum(background), 1.0) / 2
        + ops.sum(ops.sum(smooth_l1(shifts, given), axis=-1) * assigned) / count
    )


def stages_loss(boxes: Tensor, labels: Tensor, outputs: Mapping[str, Tensor]) -> Tensor:
    """Returns the weighted loss of the stages.

    A stage's boxes learn the defect that they overlap most, from the stage's IoU on; of the others
    the hardest count, see :func:`auxnet_cli.model.detection.ssd_loss.ssd_loss`.

    Args:
        boxes: (batch, defects, 4) in pixels of the input, filled up with empty ones.
        labels: (batch, defects) class indices, ``BACKGROUND`` where filled up.
        outputs: the network's.
    """
    total = 0.0
    for stage, (match, weight) in enumerate(zip(MATCHES, WEIGHTS, strict=True), start=1):
        regions = ops.cast(outputs[f"detection_regions{stage}"], OUTPUT)
        overlap = pairwise_iou(regions, ops.cast(boxes, OUTPUT))
        nearest = ops.argmax(overlap, axis=-1)
        found = ops.max(overlap, axis=-1) >= match
        classes = ops.where(found, ops.take_along_axis(labels, nearest, axis=1), BACKGROUND)
        index = ops.repeat(nearest[:, :, None], 4, axis=2)
        wanted = ops.take_along_axis(ops.cast(boxes, OUTPUT), index, axis=1)
        offsets = encode_boxes(wanted, regions, 1 / stage) * ops.cast(found, OUTPUT)[..., None]
        scores, given = outputs[f"detection_scores{stage}"], outputs[f"detection_boxes{stage}"]
        total = total + weight * ssd_loss(classes, offsets, scores, given)
    return total
