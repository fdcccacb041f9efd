import numpy as np
import pytest

from auxnet_cli.backend import keras, layers, ops
from auxnet_cli.model.encoders.reparameterised import RepConv2D, merge


def _network(channels, filters, strides, size=(7, 10)):
    """With weights and statistics that are not a fresh network's."""
    x = layers.Input((*size, channels))
    model = keras.Model(x, RepConv2D(filters, strides, name="rep")(x))
    rng = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign(rng.uniform(0.5, 1.5, weight.shape) * (-1) ** rng.integers(0, 2))
        if "variance" in weight.path:
            weight.assign(rng.uniform(0.5, 1.5, weight.shape))
    return model


@pytest.mark.parametrize("size", [(7, 10), (8, 9)])
@pytest.mark.parametrize(
    ("channels", "filters", "strides", "branches"), [(4, 4, 1, 3), (4, 6, 1, 2), (4, 4, 2, 2)]
)
def test_one_convolution_is_the_sum_of_its_branches(channels, filters, strides, branches, size):
    model = _network(channels, filters, strides, size)
    layer = model.get_layer("rep")
    assert len(layer.norms) == branches
    values = np.random.default_rng(1).normal(size=(2, *size, channels)).astype(np.float32)
    # Written out with stock layers: what each branch gives outside training.
    padded = np.pad(values, ((0, 0), (1, 1), (1, 1), (0, 0)))
    parts = [
        ops.conv(padded, layer.kernel, strides, "valid"),
        ops.conv(values, layer.point, strides, "valid"),
        values,
    ]
    expected = sum(
        ops.convert_to_numpy(norm(part, training=False))
        for norm, part in zip(layer.norms, parts[:branches], strict=True)
    )
    np.testing.assert_allclose(model.predict_on_batch(values), expected, rtol=1e-4, atol=1e-4)
    assert model.output_shape[1:] == expected.shape[1:]


def test_in_training_each_branch_is_normalised_by_the_batch():
    model = _network(4, 4, 1)
    layer = model.get_layer("rep")
    values = np.random.default_rng(1).normal(3, 2, (4, 7, 10, 4)).astype(np.float32)
    found = ops.convert_to_numpy(layer(values, training=True))
    betas = sum(ops.convert_to_numpy(norm.beta) for norm in layer.norms)
    np.testing.assert_allclose(found.mean((0, 1, 2)), betas, rtol=1e-3, atol=1e-3)


def test_a_saved_one_loads_in_safe_mode(tmp_path):
    model = _network(3, 5, 2)
    model.save(tmp_path / "rep.keras")
    loaded = keras.models.load_model(tmp_path / "rep.keras", safe_mode=True)
    values = np.random.default_rng(1).normal(size=(1, 7, 10, 3)).astype(np.float32)
    np.testing.assert_array_equal(loaded.predict_on_batch(values), model.predict_on_batch(values))


def test_merging_leaves_a_kernel_and_a_bias_and_the_answers():
    model = _network(4, 4, 1)
    merged = merge(model)
    values = np.random.default_rng(1).normal(size=(2, 7, 10, 4)).astype(np.float32)
    np.testing.assert_allclose(
        merged.predict_on_batch(values), model.predict_on_batch(values), rtol=1e-5, atol=1e-5
    )
    assert [weight.name for weight in merged.get_layer("rep").weights] == ["kernel", "bias"]
    assert len(model.get_layer("rep").norms) == 3
    again = merge(merged)
    np.testing.assert_array_equal(again.predict_on_batch(values), merged.predict_on_batch(values))


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16"])
def test_it_learns(policy):
    """A stride of 2 once crashed the process in its first step."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        x = layers.Input((128, 128, 3))
        y = layers.Activation("relu")(RepConv2D(32, 2)(layers.Rescaling(1 / 255)(x)))
        y = layers.Activation("relu")(RepConv2D(32, 2)(y))
        y = layers.GlobalAveragePooling2D()(RepConv2D(32)(y))
        model = keras.Model(x, layers.Dense(1, dtype="float32")(y))
    finally:
        keras.config.set_dtype_policy(before)
    model.compile(keras.optimizers.Adam(0.01), "mse", jit_compile=False)
    images = np.random.default_rng(0).integers(0, 256, (8, 128, 128, 3)).astype(np.uint8)
    truth = np.arange(8, dtype=np.float32)[:, None] % 2
    losses = [float(model.train_on_batch(images, truth)) for _ in range(12)]
    assert losses[-1] < losses[0]
