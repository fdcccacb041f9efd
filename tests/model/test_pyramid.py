import numpy as np

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.pyramid import detection_levels, pyramid, upsample


def _levels(sizes=((19, 26), (10, 13), (5, 7), (3, 4))):
    return {n: layers.Input((*size, 8 * n)) for n, size in enumerate(sizes, start=2)}


def test_levels_keep_their_size_at_one_width():
    merged = pyramid(_levels(), 2, 16)
    assert {level: x.shape[1:] for level, x in merged.items()} == {
        5: (3, 4, 16),
        4: (5, 7, 16),
        3: (10, 13, 16),
        2: (19, 26, 16),
    }


def test_no_level_finer_than_asked_is_built():
    assert sorted(pyramid(_levels(), 3, 16)) == [3, 4, 5]


def test_a_level_is_its_lateral_plus_the_coarser_one_enlarged():
    inputs = _levels()
    merged = pyramid(inputs, 4, 4)
    model = keras.Model(list(inputs.values()), [merged[4], merged[5]])
    rng = np.random.default_rng(0)
    values = [rng.normal(size=(1, *x.shape[1:])).astype(np.float32) for x in inputs.values()]
    p4, p5 = model.predict_on_batch(values)
    kernel, bias = model.get_layer("pyramid_lateral4").get_weights()
    lateral = values[2] @ kernel[0, 0] + bias
    enlarged = p5.repeat(2, axis=1).repeat(2, axis=2)[:, :5, :7]
    np.testing.assert_allclose(p4, lateral + enlarged, atol=1e-5)


def test_detection_goes_beyond_p5_by_strides():
    found = detection_levels(pyramid(_levels(), 3, 16), 3, 7, 16)
    assert [found[level].shape[1:3] for level in (5, 6, 7)] == [(3, 4), (2, 2), (1, 1)]


def test_upsampling_is_cut_at_the_bottom_and_right():
    x = layers.Input((2, 3, 1))
    model = keras.Model(x, upsample(x, (3, 5), 2, "nearest", "up"))
    values = np.arange(6, dtype=np.float32).reshape(1, 2, 3, 1)
    expected = [[0, 0, 1, 1, 2], [0, 0, 1, 1, 2], [3, 3, 4, 4, 5]]
    np.testing.assert_array_equal(model.predict_on_batch(values)[0, :, :, 0], expected)
