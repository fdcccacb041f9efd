"""Decodes the raw output of a network at the original size, and reaches the verdict."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Inspection
from auxnet_cli.model.heads.head import Head
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
        heads: of the network, by task.
        decision: thresholds, and the temperature of the class scores.
    """

    classes: tuple[str, ...]
    heads: Mapping[str, Head]
    decision: DecisionSettings

    def decode(self, outputs: Mapping[str, Floats], height: int, width: int) -> DecodedHeads:
        """Decodes one image, or one window of an image.

        Args:
            outputs: the network's outputs without the batch axis.
            height: of the window in the original image, pixels.
            width: of the window in the original image, pixels.
        """
        answers = {
            task: head.decode(outputs, height, width, self.decision)
            for task, head in self.heads.items()
        }
        return DecodedHeads(height, width, answers)

    def conclude(self, heads: DecodedHeads) -> Inspection:
        """Applies the thresholds to the heads of a whole image, and reaches the verdict."""
        probabilities = heads.answers.get("seg")
        cast = votes(heads, len(self.classes), self.decision.mask_area)
        return Inspection(
            height=heads.height,
            width=heads.width,
            classes=self.classes,
            scores=heads.answers.get("cls"),
            masks=None if probabilities is None else probabilities >= self.decision.mask_score,
            boxes=heads.answers.get("det"),
            defective=Verdict(self.decision).defective(cast),
            box_threshold=self.decision.box_score,
            votes=cast,
        )
