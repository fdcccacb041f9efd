"""Defines what SSD minimises: boxes, and a softmax that learns of the hardest background alone."""

from auxnet_cli.backend import Tensor, ops
from auxnet_cli.model.blocks import OUTPUT
from auxnet_cli.model.detection.assignment import BACKGROUND
from auxnet_cli.model.losses import smooth_l1

NEGATIVES = 3
"""Background boxes that count, for each box that is assigned to a defect."""

FEWEST = 4
"""Assigned boxes that a batch counts as having at least, so that one of good parts teaches, too."""


def ssd_loss(classes: Tensor, offsets: Tensor, scores: Tensor, boxes: Tensor) -> Tensor:
    """Returns cross-entropy plus smooth-L1 loss, over max(4, assigned boxes of the batch).

    Of the batch's background boxes those count that the network finds least like background, three
    for each assigned one (hard negative mining). They are drawn from all images together, so that
    good parts are learned from at the same ratio: an image's own count, as the authors' code takes
    it, draws none from them.

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
    count = ops.maximum(ops.sum(assigned), FEWEST)
    hardness = ops.reshape(ops.stop_gradient(entropy) * (1 - assigned), (-1,))
    order = ops.reshape(ops.argsort(ops.argsort(-hardness)), ops.shape(assigned))
    hardest = ops.cast(ops.cast(order, OUTPUT) < NEGATIVES * count, OUTPUT) * (1 - assigned)
    of_boxes = ops.sum(smooth_l1(offsets, boxes), axis=-1)
    return (ops.sum(entropy * (assigned + hardest)) + ops.sum(of_boxes * assigned)) / count
