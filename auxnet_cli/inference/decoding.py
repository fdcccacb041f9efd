"""Decodes the raw output of a network at the original size, and reaches the verdict."""

from collections.abc import Mapping

import cv2
import numpy as np

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.inspection import Inspection
from auxnet_cli.model.detection import open_detector
from auxnet_cli.model.detection.detector import sigmoid
from auxnet_cli.verdict.decoded_heads import DecodedHeads, Floats
from auxnet_cli.verdict.verdict import Verdict
from auxnet_cli.verdict.votes import votes


class Decoder:
    """Turns raw output into :class:`DecodedHeads`, and these into an :class:`Inspection`."""

    def __init__(self, card: ModelCard) -> None:
        self.classes, self.decision = card.classes, card.decision
        self._exclusive = card.label_kind == "exclusive"
        self._detector = open_detector(card.anchors, card.size)

    def decode(self, outputs: Mapping[str, Floats], height: int, width: int) -> DecodedHeads:
        """Decodes the outputs, without the batch axis, for a window of (height, width) pixels."""
        scores = probabilities = boxes = None
        if "classification" in outputs:
            scores = self._scores(outputs["classification"])
        if "segmentation" in outputs:
            probabilities = self._probabilities(outputs["segmentation"], height, width)
        if any(name.startswith("detection") for name in outputs):
            boxes = self._detector.decode(outputs, height, width, self.decision)
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
        if not self._exclusive:
            return sigmoid(logits)
        powers = np.exp(logits - logits.max())
        return (powers / powers.sum())[1:].astype(np.float32)

    def _probabilities(self, logits: Floats, height: int, width: int) -> Floats:
        full = cv2.resize(sigmoid(logits), (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(full, np.float32).reshape(height, width, len(self.classes))
