"""Builds the layers that a detector answers with: scores and offsets of boxes."""

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.blocks import OUTPUT


def small_weights(spread: float = 0.01) -> keras.initializers.Initializer:
    """Draws first weights with which a new detector answers with its anchors and prefers no class.

    Weights of the usual size shift the boxes at random, by more the stronger the encoder's features
    are, and a short training spends its epochs on unlearning that.

    Args:
        spread: standard deviation; as in Faster R-CNN (section 3.1.3) and RetinaNet (4.1).
    """
    return keras.initializers.RandomNormal(stddev=spread)


def output_convolution(
    channels: int, kernel: int, name: str, bias: str | keras.initializers.Initializer = "zeros"
) -> layers.Layer:
    """Builds a convolution with ``kernel`` × ``kernel`` pixels that gives raw outputs."""
    return layers.Conv2D(
        channels,
        kernel,
        padding="same",
        kernel_initializer=small_weights(),
        bias_initializer=bias,
        dtype=OUTPUT,
        name=name,
    )
