"""Computes a network's layers in numpy and OpenCV, to compare segmentation branches with."""

import cv2
import numpy as np

from auxnet_cli.backend import keras, ops
from auxnet_cli.model.blocks import RESNET_EPSILON
from auxnet_cli.model.networks.network import find_network
from auxnet_cli.settings.loader import load_settings


def network_of(name, tiny, size):
    """A small network of a name, whose normalisations have statistics of their own."""
    overrides = [text for text in tiny if text.startswith("model.")]
    settings = load_settings("swift", overrides=[f"model.name={name}", *overrides])
    network = find_network(name).build(3, "multi-label", ("seg",), size, settings.model)
    rng = np.random.default_rng(0)
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 1.5, weight.shape) for weight in layer.weights])
    return network


def at(network, size, *tensors):
    """What tensors of the network are on one image of noise, without the batch axis."""
    image = np.random.default_rng(1).integers(0, 256, (1, *size, 3)).astype(np.uint8)
    # A list of one output would come back as that output.
    values = keras.Model(network.input, dict(enumerate(tensors)))(image, training=False)
    return [ops.convert_to_numpy(value)[0] for value in values.values()]


def convolved(x, network, name):
    """A convolution that keeps (height, width), with its bias if it has one."""
    kernel, *bias = (ops.convert_to_numpy(weight) for weight in network.get_layer(name).weights)
    side = kernel.shape[0]
    before, after = (side - 1) // 2, side // 2
    padded = np.pad(x, ((before, after), (before, after), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side), (0, 1))
    return np.einsum("hwcij,ijco->hwo", windows, kernel, optimize=True) + (bias[0] if bias else 0)


def rectified(x, network, name):
    """A convolution, its normalisation and the rectifier."""
    x = convolved(x, network, f"{name}_conv")
    weights = network.get_layer(f"{name}_bn").weights
    gamma, beta, mean, variance = (ops.convert_to_numpy(weight) for weight in weights)
    return np.maximum(0, gamma * (x - mean) / np.sqrt(variance + RESNET_EPSILON) + beta)


def enlarged(x, size):
    """(height, width, channels), linearly enlarged to (height, width)."""
    planes = [
        cv2.resize(plane, size[::-1], interpolation=cv2.INTER_LINEAR)
        for plane in np.moveaxis(x, -1, 0)
    ]
    return np.stack(planes, axis=-1)
