"""Counts what one pass through a network costs, from its layers alone: nothing is timed."""

from math import prod
from typing import Any

from auxnet_cli.backend import keras, layers

COUNTED = layers.Conv2D | layers.DepthwiseConv2D | layers.Dense


def gflop(network: keras.Model) -> float:
    """Counts floating-point operations for an image, in 10^9: two for each multiply-accumulate.

    Convolutions and dense layers are counted; the rest (normalisation, activations, additions,
    resizing) is some per mille of a residual network. A layer that is called several times, such
    as a subnet on each pyramid level, counts every time.

    Args:
        network: a functional model with a known input size, and no model within it.

    Raises:
        ValueError: the size of some layer's output is not known.
    """
    macs = 0

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal macs
        outputs = layer(*args, **kwargs)
        if isinstance(layer, COUNTED):
            # The whole kernel is applied at each place of the output.
            places = outputs.shape[1:-1]
            if None in places:
                raise ValueError(f"The output size of layer '{layer.name}' is not known.")
            macs += prod(places) * prod(layer.kernel.shape)
        return outputs

    # Cloning with the same layers repeats the calls symbolically: no weight is copied and nothing
    # is computed, but the shape of each output becomes known.
    keras.models.clone_model(network, clone_function=lambda layer: layer, call_function=call)
    return 2 * macs / 1e9
