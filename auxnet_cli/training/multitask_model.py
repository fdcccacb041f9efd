"""Trains a network on all its heads at once, and records the loss of each."""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import keras
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.detection import open_detector
from auxnet_cli.model.encoders.encoder import find_encoder
from auxnet_cli.model.multitask_loss import head_losses, total_loss
from auxnet_cli.settings import Settings


class MultitaskModel(keras.Model):
    """Wraps a network so that Keras trains it on any back end.

    ``network`` was built from ``settings``. The classes weigh 1 each where no weights are given.
    """

    def __init__(
        self,
        network: keras.Model,
        settings: Settings,
        exclusive: bool,
        weights: ClassWeights | None = None,
    ) -> None:
        super().__init__(name="multitask_model")
        self.network = network
        self.settings = settings
        self.exclusive = exclusive
        self.class_weights = weights
        heads = {name.split("_")[0] for name in network.output}
        self.head_losses = {name: keras.metrics.Mean(name) for name in sorted(heads)}
        detects = "detection" in heads
        self.detector = (
            open_detector(settings.model.anchors, settings.data.size) if detects else None
        )

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
        settings, weights = self.settings.loss, self.class_weights
        losses = head_losses(
            y or {}, y_pred or {}, settings, self.exclusive, weights, self.detector
        )
        for name, loss in losses.items():
            self.head_losses[name].update_state(loss)
        return total_loss(losses, settings)
