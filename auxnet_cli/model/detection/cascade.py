"""Detects as Cascade R-CNN does (Cai and Vasconcelos 2018), with a fixed number of proposals."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from auxnet_cli.inspection import Box
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.detection.anchors import count_anchors, make_anchors
from auxnet_cli.model.detection.assignment import match
from auxnet_cli.model.detection.boxes import Floats
from auxnet_cli.model.detection.candidates import find_boxes, log_odds, softmax
from auxnet_cli.model.heads.head import Head, HeadPlan, Targets, Tensor, Truth
from auxnet_cli.settings import DecisionSettings, LossSettings, ModelSettings

STAGES = 3
REGIONS = 100
"""Boxes that are proposed: always so many, so that the network has one shape everywhere."""

MOST_DEFECTS = 64
"""Defects of an image that the stages learn, the largest first: targets have one shape."""


class Cascade(Head):
    """Proposes regions, and refines and scores them three times over.

    The true boxes are not among the proposals of a training, as they are in the paper: proposals
    are made inside the network, which sees no truth.
    """

    class_layers = tuple(f"detection_scores{stage + 1}" for stage in range(STAGES))
    finest_level = 2

    def __init__(self, plan: HeadPlan) -> None:
        super().__init__(plan)
        self.settings = plan.settings.anchors
        self.count = count_anchors(self.size, self.settings)

    @cached_property
    def anchors(self) -> Floats:
        """(anchors, 4) x1, y1, x2, y2 in pixels of the input."""
        return make_anchors(self.size, self.settings)

    @property
    def outputs(self) -> dict[str, dict[str, int]]:
        """What the proposals say, and of each stage its regions, its scores and its offsets."""
        regions = min(REGIONS, self.count)
        outputs = {
            "detection_objects": {"anchors": self.count, "object": 1},
            "detection_shifts": {"anchors": self.count, "offsets": 4},
        }
        for stage in range(1, STAGES + 1):
            outputs[f"detection_regions{stage}"] = {"regions": regions, "corners": 4}
            outputs[f"detection_scores{stage}"] = {
                "regions": regions,
                "background_and_classes": 1 + self.classes,
            }
            outputs[f"detection_boxes{stage}"] = {"regions": regions, "offsets": 4}
        return outputs

    def build(
        self, levels: Mapping[int, Tensor], merged: Mapping[int, Tensor], settings: ModelSettings
    ) -> dict[str, Tensor]:
        """Builds the proposals and the stages."""
        from auxnet_cli.model.detection.cascade_layers import cascade_layers

        return cascade_layers(merged, self.anchors, self.classes, self.size, settings)

    def targets(self, truth: Truth) -> Targets:
        """Returns what the anchors should propose, and the defects that the stages learn."""
        boxes, labels = truth.boxes
        classes, shifts = match(self.anchors, boxes, np.zeros_like(labels), self.settings)
        areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
        largest = np.argsort(-areas, kind="stable")[:MOST_DEFECTS]
        filled = np.zeros((MOST_DEFECTS, 4), np.float32)
        named = np.full(MOST_DEFECTS, -1, np.int32)
        filled[: len(largest)], named[: len(largest)] = boxes[largest], labels[largest]
        return {
            "detection_classes": classes.astype(np.int32),
            "detection_wanted": shifts,
            "detection_defects": filled,
            "detection_labels": named,
        }

    def loss(
        self,
        targets: Mapping[str, Tensor],
        outputs: Mapping[str, Tensor],
        settings: LossSettings,
        weights: ClassWeights | None,
    ) -> Tensor:
        """Returns the loss of the proposals and of the stages."""
        from auxnet_cli.model.detection.cascade_loss import proposal_loss, stages_loss

        return proposal_loss(
            targets["detection_classes"],
            targets["detection_wanted"],
            outputs["detection_objects"],
            outputs["detection_shifts"],
        ) + stages_loss(targets["detection_defects"], targets["detection_labels"], outputs)

    def decode(
        self, outputs: Mapping[str, Floats], height: int, width: int, decision: DecisionSettings
    ) -> tuple[Box, ...]:
        """Decodes the boxes of the last stage, scored by the mean of the three."""
        parts = [softmax(outputs[f"detection_scores{stage + 1}"]) for stage in range(STAGES)]
        logits = log_odds(np.mean(parts, axis=0))
        # The last stage's offsets have a third of the usual spread.
        offsets = outputs[f"detection_boxes{STAGES}"] / np.float32(STAGES)
        regions = outputs[f"detection_regions{STAGES}"]
        return find_boxes(logits, offsets, regions, self.size, (height, width), decision)
