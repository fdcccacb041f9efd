import numpy as np
import pytest

from auxnet_cli.backend import keras, layers, ops
from auxnet_cli.model.detection.ssd_boxes import default_boxes, level_sizes
from auxnet_cli.model.detection.ssd_layers import ssd_layers
from auxnet_cli.model.encoders.vgg import vgg16
from auxnet_cli.settings import ModelSettings


@pytest.mark.parametrize("size", [(300, 300), (64, 160), (75, 101)])
def test_the_maps_have_a_place_for_each_default_box(size):
    pixels = layers.Input((*size, 3))
    settings = ModelSettings(encoder_width=0.125, detection_width=16, attention="none")
    scores, boxes = ssd_layers(vgg16(pixels, settings), size, 3, settings)
    network = keras.Model(pixels, [scores, boxes])
    assert scores.shape[1:] == (len(default_boxes(size)), 4)
    assert boxes.shape[1:] == (len(default_boxes(size)), 4)
    maps = [
        layer.input.shape[1:3]
        for layer in network.layers
        if layer.name.startswith("detection_boxes") and isinstance(layer, layers.Conv2D)
    ]
    assert maps == level_sizes(size)


def test_a_new_network_answers_with_its_boxes_and_prefers_no_class():
    """Features as strong as a pyramid's neither move boxes nor decide at first."""
    levels = {3: layers.Input((12, 18, 40)), 4: layers.Input((6, 9, 112))}
    settings = ModelSettings(detection_width=32)
    network = keras.Model(list(levels.values()), ssd_layers(levels, (96, 144), 3, settings))
    rng = np.random.default_rng(0)
    features = [rng.normal(0, 8, (2, *level.shape[1:])) for level in levels.values()]
    for found in network(features):
        assert ops.convert_to_numpy(found).std() < 1
