"""A network that takes images of any size, for the formats whose runtimes do; on TensorFlow."""

from typing import Any

from auxnet_cli.backend import keras, layers

import tensorflow as tf  # isort: skip

Tensor = Any


class AnyUpSampling2D(layers.UpSampling2D):
    """Keras's layer, which does not interpolate to a size that only the graph knows."""

    def call(self, inputs: Tensor) -> Tensor:
        """Enlarge (batch, height, width, channels)."""
        if self.interpolation == "nearest":
            return super().call(inputs)
        size = tf.shape(inputs)[1:3] * tf.constant(self.size)
        return tf.cast(tf.image.resize(inputs, size, self.interpolation), inputs.dtype)


def any_size(network: keras.Model) -> keras.Model:
    """The same network for images of any height and width that are multiples of 32.

    Args:
        network: a functional model; it stays as it is. It is given back if its own size is no such
            multiple, for it then cuts levels of the pyramid by what its size leaves over.
    """
    if any(isinstance(layer, layers.Cropping2D) for layer in network.layers):
        return network

    def copy(layer: Any) -> Any:
        upsampling = isinstance(layer, layers.UpSampling2D)
        return (AnyUpSampling2D if upsampling else type(layer)).from_config(layer.get_config())

    pixels = layers.Input((None, None, *network.input.shape[3:]), dtype="uint8", name="pixels")
    free = keras.models.clone_model(network, input_tensors=pixels, clone_function=copy)
    free.set_weights(network.get_weights())
    return free
