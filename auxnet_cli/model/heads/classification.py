"""Scores the classes of an image: global average pooling of C5 and a dense layer."""

from collections.abc import Mapping

import numpy as np

from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.heads.head import Head, Targets, Tensor, Truth, sigmoid
from auxnet_cli.settings import DecisionSettings, LossSettings, ModelSettings
from auxnet_cli.verdict.decoded_heads import Floats

NAME = "classification"


class ClassificationHead(Head):
    """Gives a logit a class; where labels are exclusive, "good" is the first class."""

    class_layers = (NAME,)

    @property
    def outputs(self) -> dict[str, dict[str, int]]:
        """The logits of an image."""
        if self.plan.exclusive:
            return {NAME: {"good_and_classes": self.classes + 1}}
        return {NAME: {"classes": self.classes}}

    def build(
        self, levels: Mapping[int, Tensor], merged: Mapping[int, Tensor], settings: ModelSettings
    ) -> dict[str, Tensor]:
        """Builds the pooling of C5 and the dense layer."""
        from auxnet_cli.backend import layers
        from auxnet_cli.model.blocks import OUTPUT

        (outputs,) = self.shapes[NAME]
        x = layers.GlobalAveragePooling2D(name="classification_pool")(levels[5])
        return {NAME: layers.Dense(outputs, dtype=OUTPUT, name=NAME)(x)}

    def targets(self, truth: Truth) -> Targets:
        """Returns 1 for the classes that the image shows; "good" is shown where no class is."""
        labels = truth.labels
        if self.plan.exclusive:
            labels = np.concatenate([[float(not labels.any())], labels]).astype(np.float32)
        return {NAME: labels}

    def loss(
        self,
        targets: Mapping[str, Tensor],
        outputs: Mapping[str, Tensor],
        settings: LossSettings,
        weights: ClassWeights | None,
    ) -> Tensor:
        """Returns the cross-entropy (eq. 4)."""
        from auxnet_cli.model.losses import classification_loss

        each = weights and weights.classification
        return classification_loss(targets[NAME], outputs[NAME], self.plan.exclusive, each)

    def decode(
        self, outputs: Mapping[str, Floats], height: int, width: int, decision: DecisionSettings
    ) -> Floats:
        """Returns the (classes,) scores, 0-1: sigmoid, or softmax where labels are exclusive."""
        logits = outputs[NAME] / decision.temperature
        if not self.plan.exclusive:
            return sigmoid(logits)
        powers = np.exp(logits - logits.max())
        return (powers / powers.sum())[1:].astype(np.float32)
