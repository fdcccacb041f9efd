"""From the network's raw output for one image to its findings, at the image's original size."""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.model.boxes import decode as decode_boxes
from auxnet_cli.model.boxes import suppress
from auxnet_cli.settings import DecisionSettings

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Decoder:
    """Turns raw output into an :class:`Inspection`.

    Attributes:
        classes: names, in order.
        exclusive: the label kind.
        anchors: (anchors, 4) in pixels of the network's input.
        size: (height, width) of the network's input, pixels.
        decision: thresholds.
    """

    classes: tuple[str, ...]
    exclusive: bool
    anchors: Floats
    size: tuple[int, int]
    decision: DecisionSettings

    @property
    def threshold_rule(self) -> str:
        """How the verdict is reached, in words."""
        rule = self.decision
        return (
            f"defective when a class scores at least {rule.class_score:g}; without the "
            f"classification head, when a pixel scores at least {rule.mask_score:g}; without "
            f"masks, when a box scores at least {rule.box_score:g}"
        )

    def __call__(self, outputs: Mapping[str, Floats], height: int, width: int) -> Inspection:
        """Decode one image.

        Args:
            outputs: the network's outputs without the batch axis.
            height: of the original image, pixels.
            width: likewise.
        """
        scores = masks = boxes = None
        if "classification" in outputs:
            scores = self._scores(outputs["classification"])
        if "segmentation" in outputs:
            masks = self._masks(outputs["segmentation"], height, width)
        if "detection_scores" in outputs:
            boxes = self._boxes(
                outputs["detection_scores"], outputs["detection_boxes"], height, width
            )
        return Inspection(
            height=height,
            width=width,
            classes=self.classes,
            scores=scores,
            masks=masks,
            boxes=boxes,
            defective=self._defective(scores, masks, boxes),
            box_threshold=self.decision.box_score,
        )

    def _scores(self, logits: Floats) -> Floats:
        if not self.exclusive:
            return sigmoid(logits)
        powers = np.exp(logits - logits.max())
        return (powers / powers.sum())[1:].astype(np.float32)

    def _masks(self, logits: Floats, height: int, width: int) -> NDArray[np.bool_]:
        full = cv2.resize(
            sigmoid(logits), (width, height), interpolation=cv2.INTER_LINEAR
        ).reshape(height, width, len(self.classes))
        return full >= self.decision.mask_score

    def _boxes(self, logits: Floats, offsets: Floats, height: int, width: int) -> tuple[Box, ...]:
        # The threshold is put on the logits, so that only the few candidates need a sigmoid.
        floor = np.clip(self.decision.box_floor, 1e-6, 1 - 1e-6)
        anchor, label = np.nonzero(logits >= np.log(floor / (1 - floor)))
        scores = sigmoid(logits[anchor, label])
        corners = decode_boxes(offsets[anchor], self.anchors[anchor])
        scale = np.array([width / self.size[1], height / self.size[0]] * 2, np.float32)
        corners = np.clip(corners * scale, 0, [width, height, width, height])
        real = (corners[:, 2:] > corners[:, :2]).all(axis=1)
        corners, scores, label = corners[real], scores[real], label[real]
        kept = suppress(corners, scores, label, self.decision.nms_iou, self.decision.max_boxes)
        return tuple(
            Box(
                label=int(label[index]),
                score=float(scores[index]),
                x=float(corners[index, 0]),
                y=float(corners[index, 1]),
                width=float(corners[index, 2] - corners[index, 0]),
                height=float(corners[index, 3] - corners[index, 1]),
            )
            for index in kept
        )

    def _defective(
        self,
        scores: Floats | None,
        masks: NDArray[np.bool_] | None,
        boxes: tuple[Box, ...] | None,
    ) -> bool:
        if scores is not None:
            return bool((scores >= self.decision.class_score).any())
        if masks is not None:
            return bool(masks.any())
        return any(box.score >= self.decision.box_score for box in boxes or ())


def sigmoid(logits: Floats) -> Floats:
    """1 / (1 + e^−x), without overflow."""
    return (np.tanh(logits / 2) / 2 + 0.5).astype(np.float32)
