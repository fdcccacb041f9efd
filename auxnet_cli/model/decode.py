"""From the network's raw output for one image to its findings, at the image's original size."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import TASKS, Box, Inspection
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

    def threshold_rule(self, tasks: Collection[str]) -> str:
        """How the verdict is reached with these heads, in words."""
        rule = self.decision
        words = {
            "cls": f"a class scores at least {rule.class_score:g}",
            "seg": f"the pixels of a class that score at least {rule.mask_score:g} cover at least "
            f"{rule.mask_area:.3%} of the image",
            "det": f"a box scores at least {rule.box_score:g}",
        }
        return "defective when " + ", or ".join(words[task] for task in self._voters(tasks))

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
            defective=self._defective({"cls": scores, "seg": masks, "det": boxes}),
            box_threshold=self.decision.box_score,
        )

    def _scores(self, logits: Floats) -> Floats:
        if not self.exclusive:
            return sigmoid(logits)
        powers = np.exp(logits - logits.max())
        return (powers / powers.sum())[1:].astype(np.float32)

    def _masks(self, logits: Floats, height: int, width: int) -> NDArray[np.bool_]:
        full = cv2.resize(sigmoid(logits), (width, height), interpolation=cv2.INTER_LINEAR).reshape(
            height, width, len(self.classes)
        )
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

    def _voters(self, tasks: Collection[str]) -> list[str]:
        """The heads that decide: those of the setting, or all where none of them was built."""
        named: list[str] = [task for task in self.decision.verdict if task in tasks]
        return named or [task for task in TASKS if task in tasks]

    def _defective(self, found: Mapping[str, Any]) -> bool:
        rule = self.decision
        for task in self._voters([task for task, value in found.items() if value is not None]):
            value = found[task]
            if task == "cls":
                stops = (value >= rule.class_score).any()
            elif task == "seg":
                covered = np.count_nonzero(value, axis=(0, 1))
                stops = (covered >= max(1, rule.mask_area * value[..., 0].size)).any()
            else:
                stops = any(box.score >= rule.box_score for box in value)
            if stops:
                return True
        return False


def sigmoid(logits: Floats) -> Floats:
    """1 / (1 + e^−x), without overflow."""
    return (np.tanh(logits / 2) / 2 + 0.5).astype(np.float32)
