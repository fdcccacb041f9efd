"""Keeps trained layers of the encoder still, for some epochs or throughout the training."""

import math
from dataclasses import dataclass
from typing import Any

from auxnet_cli.backend import keras, layers
from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training.multitask_model import MultitaskModel


@dataclass(frozen=True)
class Freezing:
    """Decides which layers of the encoder learn in an epoch, and how fast.

    Untrained heads would spoil trained layers in the first epochs; the finest ones see edges and
    grain, which are the same on any photograph, and cost most of a step; and batch statistics of a
    few images are worse than those of a million. Attention, which no published weights have,
    always learns, as do pyramid and heads.

    Attributes:
        settings: ``frozen_epochs``, ``frozen_level``, ``frozen_norms`` and ``encoder_rate``.
        trained: whether the encoder starts from trained weights; random ones must learn, and
            nothing is frozen or slowed down.
    """

    settings: TrainingSettings
    trained: bool

    def apply(self, model: MultitaskModel, epoch: int) -> None:
        """Freezes and thaws layers for an epoch, counted from 1.

        A frozen layer keeps its weights and batch statistics, and normalises by these.

        A change replaces the optimizer by a fresh one of the same settings over what learns now,
        and the training function. Adam corrects its first steps by the number of steps done: with
        an optimizer that had run for some hundred steps without the encoder, the encoder's first
        steps would be up to 6.6 times too long.
        """
        if not self.trained:
            return
        wanted = {layer.name: self._learns(layer, model, epoch) for layer in model.backbone}
        if all(layer.trainable is wanted[layer.name] for layer in model.backbone):
            return
        for layer in model.backbone:
            layer.trainable = wanted[layer.name]
        old = model.optimizer
        model.compile(
            optimizer=type(old).from_config(old.get_config()),
            jit_compile=model.jit_compile,
            run_eagerly=model.run_eagerly,
        )
        model.optimizer.build(model.trainable_variables)

    def rates(self, model: MultitaskModel) -> dict[str, float]:
        """Returns by its path each variable that does not learn at the full rate, and its part."""
        part = self.settings.encoder_rate
        if not self.trained or part == 1:
            return {}
        return {weight.path: part for layer in model.backbone for weight in layer.weights}

    def _learns(self, layer: Any, model: MultitaskModel, epoch: int) -> bool:
        settings = self.settings
        if epoch <= settings.frozen_epochs or level(layer, model.network) <= settings.frozen_level:
            return False
        return not (settings.frozen_norms and isinstance(layer, layers.BatchNormalization))


def level(layer: Any, network: keras.Model) -> int:
    """Returns the pyramid level l of a layer: its output has 1 / 2^l of the input's height."""
    return round(math.log2(network.input.shape[1] / layer.output.shape[1]))
