"""Trains a network on all its heads at once, and records the loss of each."""

import math
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from auxnet_cli.backend import keras, ops
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.losses import head_losses, total_loss
from auxnet_cli.model.uncertainty import first_log_variance, labelled_heads, uncertainty_loss
from auxnet_cli.settings import LossSettings


class MultitaskModel(keras.Model):
    """Wraps a network so that Keras trains it on any back end.

    Under uncertainty weighting it has a trainable scalar for each head beside the network's
    variables, ``log_variance_<head>``. They belong to the state of a training.

    Args:
        network: from :func:`auxnet_cli.model.networks.defect_aux_net.defect_aux_net`.
        settings: of the losses.
        exclusive: whether the labels are exclusive.
        weights: of the classes; 1 each if not given.
    """

    def __init__(
        self,
        network: keras.Model,
        settings: LossSettings,
        exclusive: bool,
        weights: ClassWeights | None = None,
    ) -> None:
        super().__init__(name="multitask_model")
        self.network = network
        self.loss_settings = settings
        self.exclusive = exclusive
        self.class_weights = weights
        heads = {name.split("_")[0] for name in network.output}
        self.head_losses = {name: keras.metrics.Mean(name) for name in sorted(heads)}
        self.log_variances = {
            head: self.add_weight(
                (),
                keras.initializers.Constant(first_log_variance(head, settings)),
                dtype="float32",
                name=f"log_variance_{head}",
            )
            for head in (sorted(heads) if settings.balance == "uncertainty" else ())
        }

    def head_weights(self, value: Callable[[Any], Any] = attrgetter("value")) -> dict[str, float]:
        """``<head>_weight``, the learned weights as they stand; empty where they are fixed.

        Args:
            value: reads a variable.
        """
        return {
            f"{head}_weight": math.exp(-float(ops.convert_to_numpy(value(scalar))))
            for head, scalar in self.log_variances.items()
        }

    def call(self, images: Any, training: bool | None = None) -> Any:
        """Return the raw outputs of the network."""
        return self.network(images, training=training)

    def train_step(self, *given: Any) -> Any:
        """Take Keras's own step; on TensorFlow, one that gives the same bits each time."""
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
        """Return the weighted sum of the heads' losses (eq. 6), and record each of them."""
        del x, sample_weight, training
        targets = y or {}
        losses = head_losses(
            targets, y_pred or {}, self.loss_settings, self.exclusive, self.class_weights
        )
        for name, loss in losses.items():
            self.head_losses[name].update_state(loss)
        if self.log_variances:
            labelled = labelled_heads(targets, losses)
            return uncertainty_loss(losses, self.log_variances, labelled)
        return total_loss(losses, self.loss_settings)
