"""Frees a network from its input size, for runtimes that take any; on TensorFlow."""

from typing import Any

from auxnet_cli.backend import Tensor, keras, layers

import tensorflow as tf  # isort: skip


class AnyUpSampling2D(layers.UpSampling2D):
    """Enlarges by interpolation also where only the graph knows the size; Keras's layer cannot."""

    def call(self, inputs: Tensor) -> Tensor:
        """Enlarges (batch, height, width, channels)."""
        if self.interpolation == "nearest":
            return super().call(inputs)
        size = tf.shape(inputs)[1:3] * tf.constant(self.size)
        return tf.cast(tf.image.resize(inputs, size, self.interpolation), inputs.dtype)


def _is_fixed(layer: Any) -> bool:
    """Returns whether a layer fits one size of input alone."""
    # Padded pooling halves what it is given; PSPNet's is made for so many places.
    pools = isinstance(layer, layers.AveragePooling2D) and layer.padding == "valid"
    return pools or isinstance(layer, layers.Cropping2D | layers.Embedding)


def any_size(network: keras.Model) -> keras.Model:
    """Copies a network for images of any height and width that are multiples of 32.

    Args:
        network: a functional model. It is returned as it is if its own size is no such multiple,
            since it then cuts levels of the pyramid by what its size leaves over; if it pools to a
            certain number of places, as PSPNet does; or if it holds anchors, as Cascade R-CNN does.
    """
    if any(map(_is_fixed, network.layers)):
        return network

    def copy(layer: Any) -> Any:
        upsampling = isinstance(layer, layers.UpSampling2D)
        return (AnyUpSampling2D if upsampling else type(layer)).from_config(layer.get_config())

    pixels = layers.Input((None, None, *network.input.shape[3:]), dtype="uint8", name="pixels")
    copied = keras.models.clone_model(network, input_tensors=pixels, clone_function=copy)
    copied.set_weights(network.get_weights())
    return copied
