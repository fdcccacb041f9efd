"""Proposes regions: the region proposal network of Faster R-CNN (Ren et al. 2015) on a pyramid."""

from collections.abc import Mapping

from auxnet_cli.backend import Tensor, layers, ops
from auxnet_cli.model.blocks import OUTPUT
from auxnet_cli.model.detection.anchors import anchors_per_place
from auxnet_cli.model.detection.box_tensors import decode_boxes, pairwise_iou
from auxnet_cli.model.detection.boxes import Floats
from auxnet_cli.model.detection.cascade import REGIONS
from auxnet_cli.model.detection.output_layers import output_convolution, small_weights
from auxnet_cli.settings import AnchorSettings

CANDIDATES = 400
"""Strongest anchors whose boxes are compared."""

OVERLAP = 0.7
"""IoU above which the weaker of two candidates is set back."""


def proposal_layers(
    levels: Mapping[int, Tensor], width: int, anchors: AnchorSettings
) -> tuple[Tensor, Tensor]:
    """Builds the convolution that all levels share, and the two that read it.

    Returns:
        (batch, anchors, 1) logits of an object and (batch, anchors, 4) offsets, in the order of
        :func:`auxnet_cli.model.detection.anchors.make_anchors`.
    """
    count = anchors_per_place(anchors)
    shared = layers.Conv2D(
        width,
        3,
        padding="same",
        activation="relu",
        kernel_initializer=small_weights(),
        name="detection_proposal_conv",
    )
    joined = []
    for name, values in (("objects", 1), ("shifts", 4)):
        reader = output_convolution(count * values, 1, f"detection_{name}_out")
        parts = [
            layers.Reshape((-1, values), dtype=OUTPUT, name=f"detection_{name}_flat{level}")(
                reader(shared(levels[level]))
            )
            for level in sorted(levels)
        ]
        joined.append(layers.Concatenate(axis=1, dtype=OUTPUT, name=f"detection_{name}")(parts))
    objects, shifts = joined
    return objects, shifts


def propose(objects: Tensor, shifts: Tensor, anchors: Floats, size: tuple[int, int]) -> Tensor:
    """Returns the ``REGIONS`` best boxes; those that overlap a better one much are taken last.

    Overlap is judged of all candidates at once: one that a better one covers is set back though a
    still better one covers that in turn (Fast NMS, Bolya et al. 2019). No gradient passes.

    The boxes are in the order of their anchors. In that of their scores, two that score nearly
    alike would change places from one runtime to another.

    Args:
        objects: (batch, anchors, 1) logits.
        shifts: (batch, anchors, 4) offsets.
        anchors: (anchors, 4) in pixels of the input.
        size: (height, width) of the input, pixels.

    Returns:
        (batch, proposals, 4) x1, y1, x2, y2 in pixels of the input.
    """
    objects, shifts = ops.stop_gradient(objects), ops.stop_gradient(shifts)
    candidates = min(CANDIDATES, len(anchors))
    scores, places = ops.top_k(objects[:, :, 0], candidates)
    # Weights, since a constant of this size has no place in a network's description.
    table = layers.Embedding(
        len(anchors), 4, trainable=False, dtype=OUTPUT, name="detection_anchors"
    )
    where = table(places)
    table.set_weights([anchors])
    boxes = decode_boxes(_pick(shifts, places, 4), where, 1, size)
    covered = ops.max(ops.triu(pairwise_iou(boxes, boxes), 1), axis=1) > OVERLAP
    scores = scores - 1e4 * ops.cast(covered, OUTPUT)
    count = min(REGIONS, candidates)
    _, best = ops.top_k(scores, count)
    _, order = ops.top_k(-ops.take_along_axis(places, best, axis=1), count)
    return _pick(boxes, ops.take_along_axis(best, order, axis=1), 4)


def _pick(values: Tensor, places: Tensor, channels: int) -> Tensor:
    """Picks (batch, places, channels) by (batch, places) indices."""
    return ops.take_along_axis(values, ops.repeat(places[:, :, None], channels, axis=2), axis=1)
