"""Decodes the raw output of a network at the original size, and reaches the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Inspection
from auxnet_cli.model.detection.detector import Detector, sigmoid
from auxnet_cli.settings import DecisionSettings
from auxnet_cli.verdict.decoded_heads import DecodedHeads
from auxnet_cli.verdict.verdict import Verdict
from auxnet_cli.verdict.votes import votes

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Decoder:
    """Turns raw output into :class:`DecodedHeads`, and these into an :class:`Inspection`.

    Attributes:
        classes: names, in order.
        exclusive: whether an image shows one class at most.
        detector: reads boxes from the output of the detection head.
        decision: thresholds, and the temperature of the class scores.
    """

    classes: tuple[str, ...]
    exclusive: bool
    detector: Detector
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
        if any(name.startswith("detection") for name in outputs):
            boxes = self.detector.decode(outputs, height, width, self.decision)
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
