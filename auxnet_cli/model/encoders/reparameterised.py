"""The re-parameterised convolution: three branches while it learns, one afterwards."""

from typing import Any

import numpy as np

from auxnet_cli.backend import keras, layers, ops
from auxnet_cli.model.normalisation import batch_norm_layer

Tensor = Any


@keras.saving.register_keras_serializable("auxnet")
class RepConv2D(layers.Layer):
    """A 3×3 convolution, a 1×1 and the input itself, each normalised, and summed (RepVGG).

    Outside training the three are one 3×3 convolution with a bias, computed from their weights
    (Ding et al., 2021, section 3.3). The input itself takes part where it has the output's shape.

    Args:
        filters: channels that it gives.
        strides: 1 or 2. Odd pixels are left out by a stride of 2, as by the 1×1 convolution.
        merged: whether it is that one convolution, and no longer learns; see :func:`merge`.
        kwargs: of ``keras.layers.Layer``.
    """

    def __init__(self, filters: int, strides: int = 1, merged: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.filters, self.strides, self.merged = filters, strides, merged

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the weights for (batch, height, width, channels)."""
        channels = input_shape[-1]
        spread = keras.initializers.HeNormal
        self.kernel = self.add_weight((3, 3, channels, self.filters), spread(), name="kernel")
        if self.merged:
            self.bias = self.add_weight((self.filters,), "zeros", name="bias")
            return
        self.point = self.add_weight((1, 1, channels, self.filters), spread(), name="point")
        self.norms = [batch_norm_layer("kernel_bn"), batch_norm_layer("point_bn")]
        if self.strides == 1 and channels == self.filters:
            self.norms.append(batch_norm_layer("input_bn"))
        for norm in self.norms:
            norm.build((*input_shape[:-1], self.filters))

    def call(self, x: Tensor, training: bool = False) -> Tensor:
        """(batch, height, width, channels) to (batch, height / strides, width / strides, filters).

        Sizes are rounded up.
        """
        if self.merged or not training:
            kernel, bias = (self.kernel, self.bias) if self.merged else self.sum_of_branches()
            return self._convolve(x, kernel) + bias
        branches = [self._convolve(x, self.kernel), self._convolve(x, self.point), x]
        return sum(
            norm(branch, training=True)
            for norm, branch in zip(self.norms, branches[: len(self.norms)], strict=True)
        )

    def sum_of_branches(self) -> tuple[Tensor, Tensor]:
        """The kernel (3, 3, channels, filters) and the bias (filters,) of all branches together."""
        border = [[1, 1], [1, 1], [0, 0], [0, 0]]
        kernels = [self.kernel, ops.pad(self.point, border)]
        if len(self.norms) > 2:
            # A constant: converters do not know every way to make one.
            itself = np.pad(np.eye(self.filters, dtype=np.float32)[None, None], border)
            kernels.append(ops.cast(itself, self.kernel.dtype))
        kernel: Tensor = 0.0
        bias: Tensor = 0.0
        for norm, each in zip(self.norms, kernels, strict=True):
            scale = norm.gamma * ops.rsqrt(norm.moving_variance + norm.epsilon)
            kernel += each * scale
            bias += norm.beta - norm.moving_mean * scale
        return kernel, bias

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """See :meth:`call`."""
        size = [None if side is None else -(-side // self.strides) for side in input_shape[1:3]]
        return (input_shape[0], *size, self.filters)

    def get_config(self) -> dict[str, Any]:
        """What the layer is made from."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "strides": self.strides,
            "merged": self.merged,
        }

    def _convolve(self, x: Tensor, kernel: Tensor) -> Tensor:
        if self.strides == 1:
            return ops.conv(x, kernel, padding="same")
        if kernel.shape[0] == 1:
            # The pixels that a stride of 2 takes. As a convolution with that stride, beside the
            # other, its gradient crashes TensorFlow 2.21 on a CPU (the heap is overwritten).
            return ops.conv(x[:, :: self.strides, :: self.strides], kernel)
        # Keras pads an even size at the end alone, which would put the kernel's middle elsewhere.
        x = ops.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]])
        return ops.conv(x, kernel, strides=self.strides, padding="valid")


def merge(network: keras.Model) -> keras.Model:
    """The same network with each :class:`RepConv2D` as the one convolution that it has become.

    Not every runtime folds what depends on weights alone into a constant.

    Args:
        network: a functional model; it stays as it is, and is given back if it has none.
    """
    if not any(isinstance(layer, RepConv2D) for layer in network.layers):
        return network

    def copy(layer: Any) -> Any:
        own = {"merged": True} if isinstance(layer, RepConv2D) else {}
        return type(layer).from_config({**layer.get_config(), **own})

    merged = keras.models.clone_model(network, clone_function=copy)
    for layer in network.layers:
        values = layer.get_weights()
        if isinstance(layer, RepConv2D) and not layer.merged:
            values = [ops.convert_to_numpy(part) for part in layer.sum_of_branches()]
        if values:
            merged.get_layer(layer.name).set_weights(values)
    return merged
