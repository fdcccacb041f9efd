"""Decodes the raw output of a network at the original size, and reaches the verdict."""

from collections.abc import Mapping

import numpy as np

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.inference.mask_boxes import image_boxes
from auxnet_cli.inspection import Inspection
from auxnet_cli.model.heads import card_heads
from auxnet_cli.model.memory import OUTPUT, image_distance, novelty, novelty_map
from auxnet_cli.verdict.decoded_heads import DecodedHeads, Floats
from auxnet_cli.verdict.verdict import Verdict
from auxnet_cli.verdict.votes import votes


class Decoder:
    """Turns raw output into :class:`DecodedHeads`, and these into an :class:`Inspection`."""

    def __init__(self, card: ModelCard) -> None:
        self.classes, self.decision = card.classes, card.decision
        self.heads, self.memory = card_heads(card), card.memory

    def decode(self, outputs: Mapping[str, Floats], height: int, width: int) -> DecodedHeads:
        """Decodes the outputs, without the batch axis, for a window of (height, width) pixels."""
        answers = {
            task: head.decode(outputs, height, width, self.decision)
            for task, head in self.heads.items()
        }
        if self.memory is None:
            return DecodedHeads(height, width, answers)
        distances = outputs[OUTPUT]
        return DecodedHeads(
            height,
            width,
            answers,
            novelty=float(novelty(np.array(image_distance(distances)), self.memory)),
            novelty_map=novelty_map(distances, self.memory, height, width),
        )

    def conclude(self, heads: DecodedHeads) -> Inspection:
        """Applies the thresholds to the heads of a whole image, and reaches the verdict.

        The verdict goes by the detection head's own boxes, whatever boxes the image is given.
        """
        scores, probabilities, boxes = map(heads.answers.get, ("cls", "seg", "det"))
        if probabilities is not None and boxes is not None:
            boxes = image_boxes(probabilities, scores, boxes, self.decision)
        cast = votes(heads, len(self.classes), self.decision.mask_area)
        return Inspection(
            height=heads.height,
            width=heads.width,
            classes=self.classes,
            scores=scores,
            masks=None if probabilities is None else probabilities >= self.decision.mask_score,
            boxes=boxes,
            defective=Verdict(self.decision).defective(cast),
            box_threshold=self.decision.box_score,
            votes=cast,
            novelty=heads.novelty,
            novelty_map=heads.novelty_map,
            novelty_threshold=self.decision.novelty_score,
        )
