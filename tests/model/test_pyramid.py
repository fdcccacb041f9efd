import numpy as np

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.pyramid import pyramid


def _levels():
    sizes = (19, 26), (10, 13), (5, 7), (3, 4)
    return {n: layers.Input((*size, 8 * n)) for n, size in enumerate(sizes, start=2)}


def test_levels_keep_their_size_at_one_width():
    shapes = {level: x.shape[1:] for level, x in pyramid(_levels(), 2, 16).items()}
    assert shapes == {5: (3, 4, 16), 4: (5, 7, 16), 3: (10, 13, 16), 2: (19, 26, 16)}
    assert sorted(pyramid(_levels(), 3, 16)) == [3, 4, 5]  # none finer than asked


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
