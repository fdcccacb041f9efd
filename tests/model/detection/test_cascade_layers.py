import numpy as np

from auxnet_cli.backend import keras, layers, ops
from auxnet_cli.model.detection.anchors import count_anchors, make_anchors
from auxnet_cli.model.detection.cascade_layers import cascade_layers
from auxnet_cli.settings import AnchorSettings, ModelSettings

SIZE = (64, 96)
ANCHORS = AnchorSettings(levels=(2, 6))


def test_a_new_network_answers_with_its_anchors_and_prefers_no_class():
    """Features as strong as a pyramid's neither move boxes nor decide at first."""
    settings = ModelSettings(pyramid_width=16, detection_width=32, anchors=ANCHORS)
    merged = {
        level: layers.Input((SIZE[0] // 2**level, SIZE[1] // 2**level, 16)) for level in range(2, 6)
    }
    outputs = cascade_layers(merged, make_anchors(SIZE, ANCHORS), 3, SIZE, settings)
    network = keras.Model(list(merged.values()), outputs)
    rng = np.random.default_rng(0)
    features = [rng.normal(0, 8, (2, *level.shape[1:])) for level in merged.values()]
    found = {name: ops.convert_to_numpy(value) for name, value in network(features).items()}
    assert found["detection_objects"].shape == (2, count_anchors(SIZE, ANCHORS), 1)
    assert found["detection_shifts"].std() < 0.2
    for stage in (1, 2, 3):
        assert found[f"detection_scores{stage}"].std() < 0.5
        assert found[f"detection_boxes{stage}"].std() < 0.05
    np.testing.assert_allclose(
        found["detection_regions3"], found["detection_regions1"], atol=2, rtol=0
    )
