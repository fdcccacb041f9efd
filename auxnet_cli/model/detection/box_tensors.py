"""Computes with boxes inside a network and its loss; :mod:`.boxes` does so on arrays.

A box is x1, y1, x2, y2 in pixels of the input. All take (batch, boxes, 4).
"""

from auxnet_cli.backend import Tensor, ops
from auxnet_cli.documents.coding import BOX_MOST_LOG_SCALE, BOX_SPREAD

SMALLEST = 1.0
"""Pixels that a side has at least, where boxes are coded against it."""


def pairwise_iou(first: Tensor, second: Tensor) -> Tensor:
    """Returns intersection over union of every pair, (batch, first, second); 0 for empty boxes."""
    first, second = first[:, :, None], second[:, None]
    low = ops.maximum(first[..., :2], second[..., :2])
    high = ops.minimum(first[..., 2:], second[..., 2:])
    shared = _area(ops.relu(high - low))
    areas = [_area(boxes[..., 2:] - boxes[..., :2]) for boxes in (first, second)]
    # Not areas[0] + areas[1]: of a single image, Keras 3.15 takes the latter for a bias and adds it
    # along the wrong axis (TensorFlow).
    union = areas[0] - (shared - areas[1])
    return shared / ops.maximum(union, 1e-6)


def encode_boxes(boxes: Tensor, anchors: Tensor, spread: float) -> Tensor:
    """Returns offsets as :func:`.boxes.encode` does, over ``spread`` times their usual spread."""
    centre, size = _centre_and_size(boxes)
    anchor_centre, anchor_size = _centre_and_size(anchors)
    shift, scale = (centre - anchor_centre) / anchor_size, ops.log(size / anchor_size)
    usual = ops.convert_to_tensor(BOX_SPREAD, dtype=boxes.dtype)
    return ops.concatenate([shift, scale], axis=-1) / (spread * usual)


def decode_boxes(offsets: Tensor, anchors: Tensor, spread: float, size: tuple[int, int]) -> Tensor:
    """Returns boxes from offsets, cut at the border of an input of (height, width) pixels."""
    shift_spread, _, size_spread, _ = (spread * value for value in BOX_SPREAD)
    centre, side = _centre_and_size(anchors)
    centre = centre + offsets[..., :2] * shift_spread * side
    side = side * ops.exp(ops.minimum(offsets[..., 2:] * size_spread, BOX_MOST_LOG_SCALE))
    x1, y1, x2, y2 = (
        ops.clip(edge[..., axis : axis + 1], 0.0, float(size[1 - axis]))
        for edge in (centre - side / 2, centre + side / 2)
        for axis in (0, 1)
    )
    return ops.concatenate([x1, y1, x2, y2], axis=-1)


def _centre_and_size(boxes: Tensor) -> tuple[Tensor, Tensor]:
    low, high = boxes[..., :2], boxes[..., 2:]
    return (low + high) / 2, ops.maximum(high - low, SMALLEST)


def _area(sides: Tensor) -> Tensor:
    return sides[..., 0] * sides[..., 1]
