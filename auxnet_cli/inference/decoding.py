"""Decodes the raw output of a network at the original size, and reaches the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.model.detection.boxes import decode as decode_boxes
from auxnet_cli.model.detection.boxes import strongest, suppress
from auxnet_cli.settings import DecisionSettings
from auxnet_cli.verdict.decoded_heads import DecodedHeads
from auxnet_cli.verdict.verdict import Verdict
from auxnet_cli.verdict.votes import votes

Floats = NDArray[np.float32]

FIRST = 4
"""Candidates that are decoded at first, for each box that may be kept."""


@dataclass(frozen=True)
class Decoder:
    """Turns raw output into :class:`DecodedHeads`, and these into an :class:`Inspection`.

    Attributes:
        classes: names, in order.
        exclusive: whether an image shows one class at most.
        anchors: (anchors, 4) in pixels of the network's input.
        size: (height, width) of the network's input, pixels.
        decision: thresholds, and the temperature of the class scores.
    """

    classes: tuple[str, ...]
    exclusive: bool
    anchors: Floats
    size: tuple[int, int]
    decision: DecisionSettings

    def decode(self, outputs: Mapping[str, Floats], height: int, width: int) -> DecodedHeads:
        """Decodes one image, or one window of an image.

        Args:
            outputs: the network's outputs without the batch axis.
            height: of the window in the original image, pixels.
            width: of the window in the original image, pixels.
        """
        scores = probabilities = boxes = None
        if "classification" in outputs:
            scores = self._scores(outputs["classification"])
        if "segmentation" in outputs:
            probabilities = self._probabilities(outputs["segmentation"], height, width)
        if "detection_scores" in outputs:
            boxes = self._boxes(
                outputs["detection_scores"], outputs["detection_boxes"], height, width
            )
        return DecodedHeads(height, width, scores, probabilities, boxes)

    def conclude(self, heads: DecodedHeads) -> Inspection:
        """Applies the thresholds to the heads of a whole image, and reaches the verdict."""
        masks = None
        if heads.probabilities is not None:
            masks = heads.probabilities >= self.decision.mask_score
        cast = votes(heads, len(self.classes), self.decision.mask_area)
        return Inspection(
            height=heads.height,
            width=heads.width,
            classes=self.classes,
            scores=heads.scores,
            masks=masks,
            boxes=heads.boxes,
            defective=Verdict(self.decision).defective(cast),
            box_threshold=self.decision.box_score,
            votes=cast,
        )

    def _scores(self, logits: Floats) -> Floats:
        logits = logits / self.decision.temperature
        if not self.exclusive:
            return sigmoid(logits)
        powers = np.exp(logits - logits.max())
        return (powers / powers.sum())[1:].astype(np.float32)

    def _probabilities(self, logits: Floats, height: int, width: int) -> Floats:
        full = cv2.resize(sigmoid(logits), (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(full, np.float32).reshape(height, width, len(self.classes))

    def _boxes(self, logits: Floats, offsets: Floats, height: int, width: int) -> tuple[Box, ...]:
        # The threshold is put on the logits, so that only the few candidates need a sigmoid.
        floor = np.clip(self.decision.box_floor, 1e-6, 1 - 1e-6)
        places = np.flatnonzero(logits >= np.log(floor / (1 - floor)))
        candidates = logits.ravel()[places]
        most, decoded = self.decision.max_boxes, 0
        boxes: tuple[Box, ...] = ()
        # Weaker boxes never suppress stronger ones: once the strongest give enough boxes, the
        # thousands of candidates of an uncertain network need not be decoded.
        while len(boxes) < most and decoded < len(places):
            decoded = max(4 * decoded, FIRST * most)
            strong = strongest(candidates, decoded)
            anchor, label = np.divmod(places[strong], logits.shape[1])
            corners = decode_boxes(offsets[anchor], self.anchors[anchor])
            boxes = self._distinct(corners, sigmoid(candidates[strong]), label, height, width)
        return boxes

    def _distinct(
        self, corners: Floats, scores: Floats, label: NDArray[np.int64], height: int, width: int
    ) -> tuple[Box, ...]:
        """Suppresses boxes in pixels of the input, and brings the rest to the original size."""
        scale = np.array([width / self.size[1], height / self.size[0]] * 2, np.float32)
        corners = np.clip(corners * scale, 0, [width, height, width, height])
        real = (corners[:, 2:] > corners[:, :2]).all(axis=1)
        corners, scores, label = corners[real], scores[real], label[real]
        kept = suppress(corners, scores, label, self.decision.nms_iou)[: self.decision.max_boxes]
        low, sides = corners[kept, :2], corners[kept, 2:] - corners[kept, :2]
        columns = label[kept], scores[kept], *low.T, *sides.T
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return tuple(Box(*row) for row in rows)


def sigmoid(logits: Floats) -> Floats:
    """Computes 1 / (1 + e^−x) without overflow."""
    half = np.float32(0.5)
    scores = np.array(logits, np.float32)
    scores *= half  # in place: three arrays of the image's size less
    np.tanh(scores, out=scores)
    scores *= half
    scores += half
    return scores
