"""Defines what SSD minimises: boxes, and a softmax that learns of the hardest background alone."""

from auxnet_cli.backend import Tensor, ops
from auxnet_cli.model.blocks import OUTPUT
from auxnet_cli.model.detection.assignment import BACKGROUND
from auxnet_cli.model.losses import smooth_l1

NEGATIVES = 3
"""Background boxes that count, for each box that is assigned to a defect of the image."""

FEWEST = 10
"""Background boxes of an image that count at least: SSD's own rule has none on good parts, which
then teach nothing."""


def ssd_loss(classes: Tensor, offsets: Tensor, scores: Tensor, boxes: Tensor) -> Tensor:
    """Returns cross-entropy plus smooth-L1 loss, over max(1, assigned boxes of the batch).

    Of an image's background boxes those count that the network finds least like background: three
    for each assigned one (hard negative mining), and ten at least.

    Args:
        classes: (batch, boxes) class index, or ``BACKGROUND``.
        offsets: (batch, boxes, 4), those wanted.
        scores: (batch, boxes, 1 + classes) logits, the background first.
        boxes: (batch, boxes, 4), the offsets given.
    """
    scores, boxes = ops.cast(scores, OUTPUT), ops.cast(boxes, OUTPUT)
    assigned = ops.cast(classes > BACKGROUND, OUTPUT)
    truth = ops.one_hot(ops.maximum(classes, BACKGROUND) + 1, scores.shape[-1], dtype=OUTPUT)
    entropy = -ops.sum(truth * ops.log_softmax(scores), axis=-1)
    hardness = ops.stop_gradient(entropy) * (1 - assigned)
    order = ops.argsort(ops.argsort(-hardness, axis=-1), axis=-1)
    wanted = ops.maximum(NEGATIVES * ops.sum(assigned, axis=-1, keepdims=True), FEWEST)
    hardest = ops.cast(ops.cast(order, OUTPUT) < wanted, OUTPUT) * (1 - assigned)
    of_boxes = ops.sum(smooth_l1(offsets, boxes), axis=-1)
    total = ops.sum(entropy * (assigned + hardest)) + ops.sum(of_boxes * assigned)
    return total / ops.maximum(ops.sum(assigned), 1.0)
