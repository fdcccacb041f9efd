import numpy as np
import pytest

from auxnet_cli.data.synthetic.texture import (
    glints,
    noise,
    relief,
    sensor,
    soft_step,
    uneven_light,
)


@pytest.mark.parametrize("grain", [(1, 1), (2.5, 40), (300, 5), (90, 90)])
@pytest.mark.parametrize("shape", [(32, 96), (7, 5), (64, 1)])
def test_noise_is_standardised(grain, shape):
    field = noise(np.random.default_rng(0), shape, grain, octaves=3)
    assert field.shape == shape
    assert field.dtype == np.float32
    assert field.mean() == pytest.approx(0, abs=1e-4)
    assert field.std() == pytest.approx(1, abs=1e-3)


def test_a_long_grain_makes_streaks():
    field = noise(np.random.default_rng(0), (128, 128), (200, 3))
    assert np.abs(np.diff(field, axis=1)).mean() > 10 * np.abs(np.diff(field, axis=0)).mean()


def test_soft_step_rises_and_falls():
    line = np.array([[-1.0, 0.0, 0.5, 1.0, 2.0]], np.float32)
    np.testing.assert_allclose(soft_step(line, 0, 1), [[0, 0, 0.5, 1, 1]])
    np.testing.assert_allclose(soft_step(line, 1, 0), [[1, 1, 0.5, 0, 0]])


def test_relief_lights_the_slope_that_faces_the_lamp():
    ridge = np.repeat(np.array([0, 0, 1, 2, 3, 2, 1, 0, 0], np.float32)[:, None], 9, axis=1)
    shade = relief(ridge, towards=(-1.0, 0.0))  # the lamp stands above the top row
    np.testing.assert_allclose(shade[2:4, 4], 1.0)
    np.testing.assert_allclose(shade[5:7, 4], -1.0)
    assert shade[4, 4] == 0


def test_glints_follow_the_density():
    density = np.zeros((40, 80), np.float32)
    density[:, 40:] = 0.05
    specks = glints(np.random.default_rng(0), (40, 80), density)
    assert specks[:, :38].max() == 0
    assert specks[:, 40:].max() > 0.2


def test_uneven_light_stays_positive_and_even_without_fall():
    rng = np.random.default_rng(0)
    assert uneven_light(rng, (32, 96), 0.9).min() > 0
    np.testing.assert_allclose(uneven_light(rng, (32, 96), 0.0), 1)


def test_sensor_saturates_and_adds_noise():
    rng = np.random.default_rng(0)
    assert sensor(rng, np.full((64, 64), 3.0, np.float32), 0.01).min() == 255
    middle = sensor(rng, np.full((64, 64), 0.5, np.float32), 0.01)
    assert middle.mean() == pytest.approx(127.5, abs=1)
    assert 2 < middle.std() < 8
