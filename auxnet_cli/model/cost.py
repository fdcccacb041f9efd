"""What one pass through a network costs, from its layers alone: no timing, no backend."""

from math import prod
from typing import Any

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.encoders.reparameterised import RepConv2D


def gflop(network: keras.Model) -> float:
    """Floating-point operations for one image, in 10^9: two for each multiply-accumulate.

    Convolutions and dense layers are counted; the rest (normalisation, activations, additions,
    resizing) is some per mille of a residual network. A layer that is called several times, such
    as a subnet on each pyramid level, counts every time.

    Args:
        network: a functional model with a known input size.

    Raises:
        ValueError: the size of some layer's output is not known.
    """
    counter = _Counter()
    counter.walk(network)
    return 2 * counter.macs / 1e9


CONVOLVING = (
    layers.Conv2D | layers.DepthwiseConv2D | layers.SeparableConv2D | layers.Dense | RepConv2D
)


def _kernels(layer: Any) -> list[Any]:
    if isinstance(layer, layers.SeparableConv2D):
        return [layer.depthwise_kernel, layer.pointwise_kernel]
    return [layer.kernel]  # of a re-parameterised one, too: that is what it becomes


class _Counter:
    """Sums multiply-accumulates over the calls that make up a model."""

    def __init__(self) -> None:
        self.macs = 0

    def walk(self, model: keras.Model, inputs: Any = None) -> None:
        """Count every call inside a functional model.

        Cloning with its own layers repeats the calls symbolically, which tells their sizes; no
        weight is copied and nothing is computed.
        """
        keras.models.clone_model(
            model, input_tensors=inputs, clone_function=lambda layer: layer, call_function=self.call
        )

    def call(self, operation: Any, *args: Any, **kwargs: Any) -> Any:
        """Count one call and give what it gives."""
        if isinstance(operation, keras.Sequential):
            (x,) = args
            for layer in operation.layers:
                x = self.call(layer, x)
            return x
        outputs = operation(*args, **kwargs)
        if isinstance(operation, keras.Model):
            self.walk(operation, args[0])
        elif isinstance(operation, CONVOLVING):
            # The whole kernel is applied at each place of the output.
            places = outputs.shape[1:-1]
            if None in places:
                raise ValueError(f"The output size of layer '{operation.name}' is not known.")
            self.macs += prod(places) * sum(prod(kernel.shape) for kernel in _kernels(operation))
        return outputs
