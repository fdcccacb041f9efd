"""Builds the memory of good parts into a network, so that every export has it by itself."""

from collections.abc import Mapping

import numpy as np

from auxnet_cli.backend import Tensor, keras, layers, ops
from auxnet_cli.model.memory import OUTPUT
from auxnet_cli.model.memory_whole import WholeImages
from auxnet_cli.verdict.decoded_heads import Floats

LEVELS = (3, 4)
"""The encoder's levels that are compared: at 1/8 and 1/16."""

FEATURES, WHOLE = "features", "whole"


def feature_network(
    network: keras.Model, names: Mapping[int, str], channels: int, seed: int
) -> keras.Model:
    """Makes a network that describes each place by what its surroundings show.

    Of each level in ``LEVELS`` the channels are reduced to ``channels`` at most by a random
    projection, averaged over 3 × 3 places (C3: over 4 × 4, which brings it down to 1/16), and
    scaled to length 1, so that exposure and contrast hardly matter. The image as a whole is
    described by the mean of the coarser level, which is not scaled.

    Args:
        network: a network with an encoder.
        names: of the layers that give the encoder's levels, by level.
        channels: most channels a level.
        seed: of the projections.

    Returns:
        A model on the same layers, from pixels to ``{"features": (batch, rows, columns, channels of
        both levels), "whole": (batch, channels)}``.
    """
    operations = {operation.name: operation for operation in network.operations}
    reduced = {
        level: _projected(operations[names[level]].output, level, channels, seed)
        for level in LEVELS
    }
    parts = [_described(x, level) for level, x in reduced.items()]
    features = layers.Concatenate(name="memory_features")(parts)
    whole = layers.GlobalAveragePooling2D(name="memory_whole")(reduced[LEVELS[-1]])
    return keras.Model(network.input, {FEATURES: features, WHOLE: whole})


def _projected(x: Tensor, level: int, channels: int, seed: int) -> Tensor:
    given = x.shape[-1]
    if given > channels:
        directions = np.random.default_rng((seed, level)).standard_normal((given, channels))
        orthonormal = np.linalg.qr(directions)[0].reshape(1, 1, given, channels)
        projection = _frozen_convolution(channels, f"memory_project{level}", use_bias=False)
        x = projection(x)
        projection.set_weights([orthonormal])
    return x


def _described(x: Tensor, level: int) -> Tensor:
    size, stride = (4, 2) if level == LEVELS[0] else (3, 1)
    x = layers.AveragePooling2D(size, stride, "same", name=f"memory_average{level}")(x)
    return layers.UnitNormalization(name=f"memory_unit{level}")(x)


def with_memory(
    network: keras.Model,
    describe: keras.Model,
    vectors: Floats,
    whole: WholeImages | None = None,
) -> keras.Model:
    """Adds the output ``memory`` to a network.

    It is |x − m|² = |x|² − max(2 x·m − |m|²) over the vectors m: a frozen 1 × 1 convolution with a
    filter for each, and a maximum. If whole images are compared, too, no place is nearer than the
    image as a whole.

    Args:
        network: without a memory.
        describe: its :func:`feature_network`.
        vectors: (vectors, channels) features to remember.
        whole: what whole images are compared with, if they are.

    Returns:
        A model on the same layers, with the further output of (batch, rows, columns) squared
        distances.
    """
    features = describe.output[FEATURES]
    likeness = _frozen_convolution(len(vectors), "memory_vectors")
    nearest = ops.max(likeness(features), axis=-1)
    likeness.set_weights([2 * vectors.T[None, None], -np.square(vectors).sum(axis=1)])
    distance = ops.subtract(ops.sum(ops.square(features), axis=-1), nearest)
    if whole is not None:
        distance = ops.maximum(distance, _whole_distance(describe.output[WHOLE], whole))
    return keras.Model(network.input, {**network.output, OUTPUT: distance}, name=network.name)


def _whole_distance(means: Tensor, whole: WholeImages) -> Tensor:
    """Returns (batch, 1, 1) distances of whole images; see :class:`WholeImages`."""
    dense = layers.Dense(len(whole.centre), trainable=False, name="memory_whiten")
    white = dense(means)
    dense.set_weights([whole.whitening, -whole.centre @ whole.whitening])
    squares = ops.sum(ops.square(white), axis=-1, keepdims=True)
    scaled = ops.multiply(ops.power(squares, whole.power), whole.factor)
    return layers.Reshape((1, 1), name="memory_image")(scaled)


def without_memory(network: keras.Model) -> keras.Model:
    """Returns a model on the same layers without the output ``memory``."""
    outputs = {name: tensor for name, tensor in network.output.items() if name != OUTPUT}
    return keras.Model(network.input, outputs, name=network.name)


def _frozen_convolution(filters: int, name: str, use_bias: bool = True) -> keras.layers.Layer:
    return layers.Conv2D(filters, 1, use_bias=use_bias, trainable=False, name=name)
