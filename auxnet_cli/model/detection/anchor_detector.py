"""Detects by anchors, as RetinaNet does (Lin et al. 2017): scores and offsets of fixed boxes."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from auxnet_cli.inspection import Box
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.detection.anchors import count_anchors, make_anchors
from auxnet_cli.model.detection.assignment import match
from auxnet_cli.model.detection.boxes import Floats
from auxnet_cli.model.detection.candidates import find_boxes
from auxnet_cli.model.heads.head import Head, HeadPlan, Targets, Tensor, Truth
from auxnet_cli.settings import DecisionSettings, LossSettings, ModelSettings

SCORES, BOXES, CLASSES = "detection_scores", "detection_boxes", "detection_classes"


class AnchorDetector(Head):
    """Scores every class at every anchor, and shifts and scales the anchors to boxes."""

    class_layers = ("detection_scores_out",)

    def __init__(self, plan: HeadPlan) -> None:
        super().__init__(plan)
        self.settings = plan.settings.anchors
        self.count = count_anchors(self.size, self.settings)
        # Coarser levels than P5 are made from P5.
        self.finest_level = min(self.settings.levels[0], 5)

    @cached_property
    def anchors(self) -> Floats:
        """(anchors, 4) x1, y1, x2, y2 in pixels of the input."""
        return make_anchors(self.size, self.settings)

    @property
    def outputs(self) -> dict[str, dict[str, int]]:
        """The logits of the scores, and the offsets."""
        return {
            SCORES: {"anchors": self.count, "classes": self.classes},
            BOXES: {"anchors": self.count, "offsets": 4},
        }

    def build(
        self, levels: Mapping[int, Tensor], merged: Mapping[int, Tensor], settings: ModelSettings
    ) -> dict[str, Tensor]:
        """Builds the two subnets on the levels that they share."""
        # Engines other than Keras's decode without it.
        from auxnet_cli.model.detection.anchor_head import anchor_head

        scores, boxes = anchor_head(merged, self.classes, self.settings, settings)
        return {SCORES: scores, BOXES: boxes}

    def targets(self, truth: Truth) -> Targets:
        """Returns class index and offsets of each anchor; see :func:`match`."""
        classes, offsets = match(self.anchors, *truth.boxes, self.settings)
        return {CLASSES: classes.astype(np.int32), BOXES: offsets}

    def loss(
        self,
        targets: Mapping[str, Tensor],
        outputs: Mapping[str, Tensor],
        settings: LossSettings,
        weights: ClassWeights | None,
    ) -> Tensor:
        """Returns the loss of the scores and of the boxes."""
        from auxnet_cli.model.detection.box_losses import anchor_loss

        return anchor_loss(
            targets[CLASSES], targets[BOXES], outputs[SCORES], outputs[BOXES], settings
        )

    def decode(
        self, outputs: Mapping[str, Floats], height: int, width: int, decision: DecisionSettings
    ) -> tuple[Box, ...]:
        """Decodes the strongest candidates until enough distinct boxes are left of them."""
        logits, offsets = outputs[SCORES], outputs[BOXES]
        return find_boxes(logits, offsets, self.anchors, self.size, (height, width), decision)
