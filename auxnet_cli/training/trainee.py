"""The network as it is trained: with the joint loss, and each head's loss for the record."""

from collections.abc import Mapping
from typing import Any

from auxnet_cli.backend import keras
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.losses import head_losses, total_loss
from auxnet_cli.settings import LossSettings


class Trainee(keras.Model):
    """Wraps a network so that Keras trains it on any back end.

    Args:
        network: from :func:`auxnet_cli.model.defect_aux_net.defect_aux_net`.
        settings: of the losses.
        exclusive: the label kind.
        weights: of the classes; none are weighted if not given.
    """

    def __init__(
        self,
        network: keras.Model,
        settings: LossSettings,
        exclusive: bool,
        weights: ClassWeights | None = None,
    ) -> None:
        super().__init__(name="trainee")
        self.network = network
        self.loss_settings = settings
        self.exclusive = exclusive
        self.class_weights = weights
        heads = {name.split("_")[0] for name in network.output}
        self.head_losses = {name: keras.metrics.Mean(name) for name in sorted(heads)}

    def call(self, images: Any, training: bool | None = None) -> Any:
        """The network's raw outputs."""
        return self.network(images, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Mapping[str, Any] | None = None,
        y_pred: Mapping[str, Any] | None = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The weighted sum of the heads' losses (eq. 6); each head's is kept for the record."""
        del x, sample_weight, training
        losses = head_losses(
            y or {}, y_pred or {}, self.loss_settings, self.exclusive, self.class_weights
        )
        for name, loss in losses.items():
            self.head_losses[name].update_state(loss)
        return total_loss(losses, self.loss_settings)
