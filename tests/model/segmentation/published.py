"""Compares decoders with those of ``segmodels-keras``, where that is installed."""

import re
from importlib import import_module

import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.model.blocks import RESNET_EPSILON
from tests.model.segmentation.layers_by_hand import at, network_of

SIZE = (64, 96)
WEIGHED = keras.layers.Conv2D | keras.layers.Conv2DTranspose | keras.layers.BatchNormalization


def check_decoder(name, block, join, last, tiny):
    """Builds the published decoder on our encoder, with our weights: the features agree.

    The convolution to the classes is another one there, of 3 x 3 for both.

    Args:
        name: of the network and of its module there.
        block: of the published decoder, a name in its module.
        join: how our layers are called that join a level of the encoder.
        last: how the last convolution of a step is called.
        tiny: settings of a small network.
    """
    package = "segmodels_keras.models"
    pytest.importorskip(package, reason="needs segmodels-keras")
    module = import_module(f"{package}.{name}")
    ours = network_of(name, tiny, SIZE)
    joins = [ours.get_layer(f"segmentation{level}_{join}") for level in (4, 3, 2, 1)]
    skips = [join.input[1] for join in joins]
    first = next(layer for layer in ours.layers if layer.name.startswith("segmentation4"))
    encoder = keras.Model(ours.input, first.input)
    widths = [ours.get_layer(f"segmentation{level}_{last}").filters for level in range(4, -1, -1)]
    theirs = getattr(module, f"_build_{name}")(
        encoder,
        getattr(module, block),
        [skip._keras_history.operation.name for skip in skips],
        decoder_filters=widths,
        classes=3,
        activation="linear",
    )
    mine, other = (
        [layer for layer in network.layers if isinstance(layer, WEIGHED) and picks(layer.name)]
        for network, picks in (
            (ours, lambda name: re.match(r"segmentation\d", name)),
            (theirs, lambda name: name.startswith("decoder")),
        )
    )
    assert len(mine) == len(other)
    for own, published in zip(mine, other, strict=True):
        weights = own.get_weights()
        # A bias that a normalisation follows is 0 here, and is left out there.
        published.set_weights(weights[: len(published.weights)])
        if isinstance(published, keras.layers.BatchNormalization):
            published.epsilon = RESNET_EPSILON
    (found,) = at(ours, SIZE, ours.get_layer("segmentation_conv").input)
    (expected,) = at(theirs, SIZE, theirs.layers[-2].input)
    assert found.shape[:2] == SIZE
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
