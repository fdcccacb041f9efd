import numpy as np
import pytest

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.cost import gflop
from auxnet_cli.model.encoders.reparameterised import RepConv2D, merge
from auxnet_cli.model.encoders.repvgg import repvgg
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings import ModelSettings
from auxnet_cli.settings.loader import load_settings

REPEATS = (2, 4, 14, 1)


@pytest.fixture(scope="module")
def network():
    x = layers.Input((224, 224, 3))
    return keras.Model(x, repvgg(x, REPEATS, ModelSettings(attention="none")))


def test_it_has_its_published_size(network):
    """8.30 M with 1,000 classes on it, 1.4 G multiplications (Table 4)."""
    convolutions = [layer for layer in network.layers if isinstance(layer, RepConv2D)]
    assert len(convolutions) == 1 + sum(REPEATS)
    merged = sum(int(9 * one.kernel.shape[2] + 1) * one.filters for one in convolutions)
    assert (merged + 1280 * 1000 + 1000) / 1e6 == pytest.approx(8.30, abs=0.01)
    assert gflop(network) / 2 == pytest.approx(1.36, abs=0.03)


def test_attention_is_beside_the_main_path():
    x = layers.Input((64, 96, 3))
    model = keras.Model(x, repvgg(x, (1, 1, 1, 1), ModelSettings(attention="se")))
    names = [layer.name for layer in model.layers]
    assert sum(name.endswith("_se_scale") for name in names) == 4
    assert (
        model.get_layer("conv3_block1_rep").input is model.get_layer("conv2_block1_rep_relu").output
    )


def test_the_merged_network_keeps_the_names_of_input_and_outputs():
    settings = load_settings("swift", None, ["model.encoder=repvgg", "model.encoder_width=0.17"])
    network = defect_aux_net(2, "multi-label", ("cls", "seg", "det"), (32, 64), settings.model)
    merged = merge(network)
    assert merged.input.name == network.input.name == "pixels"
    assert merged.output.keys() == network.output.keys()  # PyTorch sorts them
    pixels = np.random.default_rng(0).integers(0, 256, (2, 32, 64, 3)).astype(np.uint8)
    found, expected = merged.predict_on_batch(pixels), network.predict_on_batch(pixels)
    for head, values in expected.items():
        scale = np.abs(values).max()
        np.testing.assert_allclose(found[head] / scale, values / scale, atol=1e-5)
