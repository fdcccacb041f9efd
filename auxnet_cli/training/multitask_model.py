"""Trains a network on all its heads at once, and records the loss of each."""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import keras
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.encoders.encoder import find_encoder
from auxnet_cli.model.heads.head import Head
from auxnet_cli.model.multitask_loss import head_losses, total_loss
from auxnet_cli.settings import Settings
from auxnet_cli.task import TASKS


class MultitaskModel(keras.Model):
    """Wraps a network so that Keras trains it on any back end.

    ``network`` was built from ``settings`` and has the ``heads``, by task. The classes weigh 1 each
    where no weights are given.
    """

    def __init__(
        self,
        network: keras.Model,
        settings: Settings,
        heads: Mapping[str, Head],
        weights: ClassWeights | None = None,
    ) -> None:
        super().__init__(name="multitask_model")
        self.network = network
        self.settings = settings
        self.heads = heads
        self.class_weights = weights
        sections = sorted(TASKS[task].section for task in heads)
        self.head_losses = {name: keras.metrics.Mean(name) for name in sections}

    @property
    def backbone(self) -> list[Any]:
        """The encoder's layers that pretrained weights fill and that a training may freeze."""
        return find_encoder(self.settings.model.encoder).backbone_layers(self.network)

    def call(self, images: Any, training: bool | None = None) -> Any:
        """Returns the raw outputs of the network."""
        return self.network(images, training=training)

    def train_step(self, *given: Any) -> Any:
        """Takes Keras's own step; on TensorFlow, one that gives the same bits each time."""
        if keras.backend.backend() != "tensorflow":
            return super().train_step(*given)
        from auxnet_cli.training.tensorflow_step import step

        return step(self, *given)

    def compute_loss(
        self,
        x: Any = None,
        y: Mapping[str, Any] | None = None,
        y_pred: Mapping[str, Any] | None = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Returns the weighted sum of the heads' losses (eq. 6), and records each of them."""
        del x, sample_weight, training
        settings = self.settings.loss
        losses = head_losses(self.heads, y or {}, y_pred or {}, settings, self.class_weights)
        for name, loss in losses.items():
            self.head_losses[name].update_state(loss)
        return total_loss(losses, settings)
