import numpy as np
import pytest

from auxnet_cli.model.memory import distance_scale
from auxnet_cli.model.memory_whole import RIDGE, WholeImages

RNG = np.random.default_rng(0)
GOOD = (RNG.normal(size=(400, 6)) * [1, 2, 3, 0.5, 1, 1] + 5).astype(np.float32)


def test_it_is_mahalanobis_distance():
    from scipy.spatial.distance import mahalanobis

    covariance = np.cov(GOOD.T) + RIDGE * np.trace(np.cov(GOOD.T)) / 6 * np.eye(6)
    inverse = np.linalg.inv(covariance)
    expected = [mahalanobis(row, GOOD.mean(axis=0), inverse) ** 2 for row in GOOD[:20]]
    np.testing.assert_allclose(WholeImages.fit(GOOD).distances(GOOD[:20]), expected, rtol=1e-3)


def test_of_fewer_images_than_channels_it_is_finite():
    few = WholeImages.fit(GOOD[:3])
    assert np.isfinite(few.distances(GOOD)).all()
    assert few.distances(GOOD).max() > few.distances(GOOD[:3]).max()


def test_images_that_are_all_alike_have_a_distance():
    same = WholeImages.fit(np.ones((20, 4), np.float32))
    assert same.distances(np.ones((1, 4), np.float32)) == pytest.approx(0, abs=1e-3)
    assert same.distances(np.full((1, 4), 2, np.float32)) > 1


def test_it_is_brought_to_the_scale_of_the_places():
    whole = WholeImages.fit(GOOD)
    of_wholes, of_places = whole.distances(GOOD), RNG.lognormal(-3, 0.2, 400)
    scaled = whole.scaled(of_wholes, of_places).distances(GOOD)
    assert distance_scale(scaled) == pytest.approx(distance_scale(of_places), rel=1e-3)
    assert (np.argsort(scaled) == np.argsort(of_wholes)).all()  # in the same order
