import numpy as np
import pytest

from auxnet_cli.backend import keras, ops
from auxnet_cli.inference.engines.opening import open_artefact
from auxnet_cli.model.detection.anchors import make_anchors
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings import ModelSettings
from auxnet_cli.task import TASKS

if keras.backend.backend() != "tensorflow":
    pytest.skip("Keras runs on another back end", allow_module_level=True)

from auxnet_cli.exporting.any_size import any_size

SETTINGS = ModelSettings(
    encoder="resnet18",
    encoder_width=0.125,
    attention="se+spatial",
    pyramid_width=8,
    segmentation_width=8,
    detection_width=8,
    detection_depth=1,
    anchors={"levels": (4, 6)},
)
OTHER = (96, 160)


def build(size, tasks=TASKS):
    return defect_aux_net(2, "multi-label", tasks, size, SETTINGS)


def noise(size, batch=1):
    return np.random.default_rng(1).integers(0, 256, (batch, *size, 3)).astype(np.uint8)


def answers(network, images):
    """Called as it is: to trace a graph takes longer."""
    outputs = network(images, training=False)
    return {head: ops.convert_to_numpy(values) for head, values in outputs.items()}


def assert_alike(found, expected):
    assert set(found) == set(expected)
    for head, values in found.items():
        np.testing.assert_allclose(values, expected[head], rtol=0, atol=1e-3)


@pytest.mark.parametrize("name", ["onnx", "saved_model"])
def test_an_artefact_answers_as_the_network_of_that_size_would(
    name, converted, original, untrained_settings, build_untrained
):
    small, large = original[0], build_untrained(OTHER)
    large.set_weights(small.get_weights())
    engine = open_artefact(converted(name), name)
    for network, size, batch in ((small, (32, 64), 1), (large, OTHER, 2)):
        found = engine.run(noise(size, batch))
        assert_alike(found, answers(network, noise(size, batch)))
        rows, columns = (side // untrained_settings.mask_stride for side in size)
        assert found["segmentation"].shape[:3] == (batch, rows, columns)
        anchors = make_anchors(size, untrained_settings.anchors)
        assert found["detection_boxes"].shape[1] == len(anchors)


def test_what_pools_to_so_many_places_keeps_its_size(shallow):
    settings = ModelSettings.model_validate(
        {**SETTINGS.model_dump(), "segmenter": "pspnet", "mask_stride": 8, "memory": {"vectors": 0}}
    )
    network = defect_aux_net(2, "multi-label", ["seg"], (64, 96), settings)
    assert any_size(network) is network


@pytest.mark.parametrize(
    ("tasks", "own", "other"),
    [(TASKS, (32, 64), OTHER), (["cls"], (40, 64), (50, 70))],
    ids=["all", "classes alone have no pyramid to cut"],
)
def test_attention_takes_any_size(shallow, tasks, own, other):
    small, large = build(own, tasks), build(other, tasks)
    large.set_weights(small.get_weights())
    pixels = noise(other)
    assert_alike(answers(any_size(small), pixels), answers(large, pixels))


def test_a_size_that_is_cut_stays(shallow):
    """The pyramid of 40 × 64 has 3 rows at 1/16 and 2 at 1/32, of which one is cut."""
    network = build((40, 64))
    assert any_size(network) is network
