"""Batch normalisation, as it follows every convolution of the encoder and the mask branch."""

from typing import Any

from auxnet_cli.backend import layers

Tensor = Any

# Lower than keras.applications' 0.99: a plant's data set is learned in some hundred steps, and the
# moving statistics must keep up. ImageNet's own statistics would still weigh 37 % after 100 steps.
MOMENTUM = 0.9
RESNET_EPSILON = 1.001e-5
"""The figure of ``keras.applications``' ResNets."""


def batch_norm(x: Tensor, name: str, epsilon: float = RESNET_EPSILON) -> Tensor:
    """Normalise (batch, height, width, channels) by channel.

    Args:
        x: what a convolution gives.
        name: of the layer.
        epsilon: added to the variance; part of what trained weights were trained with.
    """
    return batch_norm_layer(name, epsilon)(x)


def batch_norm_layer(name: str, epsilon: float = RESNET_EPSILON) -> Any:
    """The layer of :func:`batch_norm`."""
    return layers.BatchNormalization(epsilon=epsilon, momentum=MOMENTUM, name=name)
