"""Decodes the candidates of a detector: boxes by offsets from anchors, with a score a class."""

import numpy as np

from auxnet_cli.inspection import Box
from auxnet_cli.model.detection.boxes import Floats, decode, distinct_boxes, strongest
from auxnet_cli.model.heads.head import sigmoid
from auxnet_cli.settings import DecisionSettings

FIRST = 4
"""Candidates that are decoded at first, for each box that may be kept."""


LEAST = 1e-6
"""Least distance of a score from 0 and from 1."""


def softmax(logits: Floats) -> Floats:
    """Returns (boxes, classes) scores, of (boxes, 1 + classes) logits with the background first."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)[:, 1:]


def log_odds(scores: Floats) -> Floats:
    """Returns ln(s / (1 − s)) of scores: the logits that a sigmoid would make them of."""
    inside = np.clip(scores.astype(np.float64), LEAST, 1 - LEAST)
    return (np.log(inside) - np.log1p(-inside)).astype(np.float32)


def find_boxes(
    logits: Floats,
    offsets: Floats,
    anchors: Floats,
    size: tuple[int, int],
    window: tuple[int, int],
    decision: DecisionSettings,
) -> tuple[Box, ...]:
    """Decodes the strongest candidates until enough distinct boxes are left of them.

    Args:
        logits: (anchors, classes) of the scores.
        offsets: (anchors, 4).
        anchors: (anchors, 4) x1, y1, x2, y2 in pixels of the input.
        size: (height, width) of the input, pixels.
        window: (height, width) of what the input shows, pixels; the boxes are in these.
        decision: ``box_floor``, ``max_boxes`` and ``nms_iou``.

    Returns:
        Highest score first.
    """
    # The threshold is put on the logits, so that only the few candidates need a sigmoid.
    floor = np.clip(decision.box_floor, 1e-6, 1 - 1e-6)
    places = np.flatnonzero(logits >= np.log(floor / (1 - floor)))
    candidates = logits.ravel()[places]
    scale = np.array([window[1] / size[1], window[0] / size[0]] * 2, np.float32)
    most, tried = decision.max_boxes, 0
    boxes: tuple[Box, ...] = ()
    # Weaker boxes take nothing from stronger ones: where the strongest of them are enough, the
    # thousands that a network in doubt finds need not be decoded.
    while len(boxes) < most and tried < len(places):
        tried = max(4 * tried, FIRST * most)
        strong = strongest(candidates, tried)
        anchor, label = np.divmod(places[strong], logits.shape[1])
        corners = decode(offsets[anchor], anchors[anchor])
        scores = sigmoid(candidates[strong])
        boxes = distinct_boxes(corners * scale, scores, label, window, decision)
    return boxes
