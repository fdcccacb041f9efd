import numpy as np
import pytest

from auxnet_cli.backend import keras, layers, ops
from auxnet_cli.model.blocks import OUTPUT, upsample
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.heads import open_heads
from auxnet_cli.model.segmentation.mask_enlargement import reduced
from auxnet_cli.settings import DecisionSettings, LossSettings, ModelSettings
from tests.model.segmentation.layers_by_hand import at, convolved, enlarged, network_of, rectified

PYRAMID = {2: "segmentation2_2", 3: "segmentation3_2", 4: "segmentation4_3", 5: "segmentation5_4"}
"""Level of the pyramid → the first layers that it goes through."""

SIZES = (64, 96), (75, 101)


def head_of(size, stride, classes=3):
    settings = ModelSettings.model_construct(mask_stride=stride)
    return open_heads(["seg"], classes, "multi-label", size, settings)["seg"]


def whole_logits(small, size, stride):
    """The logits at the input's size, from the layers that once ended the network."""
    x = layers.Input(small.shape[1:])
    model = keras.Model(x, upsample(x, size, stride, "bilinear", "up", OUTPUT))
    return ops.convert_to_numpy(model(small))


def small_logits(size, stride, batch=2):
    shape = (batch, *reduced(size, stride), 3)
    return np.random.default_rng(2).normal(-1, 4, shape).astype(np.float32)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stride", [2, 4])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_loss_is_that_of_masks_enlarged_in_the_network(size, stride, weighted):
    small = small_logits(size, stride)
    targets = {
        "segmentation": np.random.default_rng(3).integers(0, 2, (2, *size, 3)).astype(np.uint8),
        "segmentation_known": np.array([1, 0], np.float32),
    }
    of_classes = np.array([1, 2, 3], np.float32)
    weights = ClassWeights(np.ones((2, 3), np.float32), of_classes) if weighted else None
    whole = whole_logits(small, size, stride)
    settings = LossSettings(segmentation="dice+bce")
    found, expected = (
        float(head_of(size, own).loss(targets, {"segmentation": logits}, settings, weights))
        for own, logits in ((stride, ops.convert_to_tensor(small)), (1, whole))
    )
    assert found == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stride", [2, 4])
def test_the_probabilities_are_those_of_masks_enlarged_in_the_network(size, stride):
    small = small_logits(size, stride, batch=1)
    whole = whole_logits(small, size, stride)
    found, expected = (
        head_of(size, own).decode({"segmentation": logits[0]}, 150, 130, DecisionSettings())
        for own, logits in ((stride, small), (1, whole))
    )
    assert found.shape == (150, 130, 3)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("stride", [1, 4])
def test_decoding_leaves_the_outputs_as_they_are(stride):
    logits = small_logits((64, 96), stride)[0]
    before = logits.copy()
    head_of((64, 96), stride).decode({"segmentation": logits}, 20, 30, DecisionSettings())
    np.testing.assert_array_equal(logits, before)


@pytest.mark.parametrize(
    ("stride", "axes"),
    [
        (1, {"height": 75, "width": 101, "classes": 3}),
        (2, {"mask_height": 38, "mask_width": 51, "classes": 3}),
        (4, {"mask_height": 19, "mask_width": 26, "classes": 3}),
    ],
)
def test_the_axes_follow_the_stride(stride, axes):
    assert head_of((75, 101), stride).outputs == {"segmentation": axes}


def test_the_forward_pass(shallow, tiny):
    size = (64, 96)
    network = network_of("fpn", tiny, size)
    inputs = [network.get_layer(f"{first}_conv").input for first in PYRAMID.values()]
    *levels, found = at(network, size, *inputs, network.output["segmentation"])
    total = np.zeros(())
    for level, merged in zip(PYRAMID, levels, strict=True):
        x = merged
        for finer in range(max(level - 1, 2), 1, -1):
            x = rectified(x, network, f"segmentation{level}_{finer}")
            if finer < level:
                x = enlarged(x, (2 * x.shape[0], 2 * x.shape[1]))
        total = total + x
    expected = convolved(total, network, "segmentation_conv")
    assert found.shape == (16, 24, 3)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
