"""Detects as SSD does (Liu et al. 2016): default boxes on ever coarser maps, one class a box."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from auxnet_cli.inspection import Box
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.detection.assignment import match
from auxnet_cli.model.detection.boxes import Floats
from auxnet_cli.model.detection.candidates import find_boxes, log_odds, softmax
from auxnet_cli.model.detection.ssd_boxes import FINEST, RATIOS, default_boxes
from auxnet_cli.model.heads.head import Head, Targets, Tensor, Truth
from auxnet_cli.settings import DecisionSettings, LossSettings, ModelSettings

SCORES, BOXES, CLASSES = "detection_scores", "detection_boxes", "detection_classes"


class Ssd(Head):
    """Gives each default box a softmax over the background and the classes, and offsets."""

    class_layers = tuple(f"detection_scores{FINEST + number}" for number in range(len(RATIOS)))

    @cached_property
    def anchors(self) -> Floats:
        """(boxes, 4) x1, y1, x2, y2 in pixels of the input."""
        return default_boxes(self.size)

    @property
    def outputs(self) -> dict[str, dict[str, int]]:
        """The logits of the scores, the background first, and the offsets."""
        count = len(self.anchors)
        return {
            SCORES: {"anchors": count, "background_and_classes": 1 + self.classes},
            BOXES: {"anchors": count, "offsets": 4},
        }

    def build(
        self, levels: Mapping[int, Tensor], merged: Mapping[int, Tensor], settings: ModelSettings
    ) -> dict[str, Tensor]:
        """Builds the coarser maps on C3 and C4, and the convolutions that read each map."""
        from auxnet_cli.model.detection.ssd_layers import ssd_layers

        scores, boxes = ssd_layers(levels, self.size, self.classes, settings)
        return {SCORES: scores, BOXES: boxes}

    def targets(self, truth: Truth) -> Targets:
        """Returns class index and offsets of each box; see :func:`match`."""
        classes, offsets = match(self.anchors, *truth.boxes, self.plan.settings.anchors)
        return {CLASSES: classes.astype(np.int32), BOXES: offsets}

    def loss(
        self,
        targets: Mapping[str, Tensor],
        outputs: Mapping[str, Tensor],
        settings: LossSettings,
        weights: ClassWeights | None,
    ) -> Tensor:
        """Returns the cross-entropy, of the hardest background alone, and the smooth-L1 loss."""
        from auxnet_cli.model.detection.ssd_loss import ssd_loss

        return ssd_loss(targets[CLASSES], targets[BOXES], outputs[SCORES], outputs[BOXES])

    def decode(
        self, outputs: Mapping[str, Floats], height: int, width: int, decision: DecisionSettings
    ) -> tuple[Box, ...]:
        """Decodes the strongest candidates until enough distinct boxes are left of them."""
        logits = log_odds(softmax(outputs[SCORES]))
        return find_boxes(
            logits, outputs[BOXES], self.anchors, self.size, (height, width), decision
        )
