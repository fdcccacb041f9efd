import numpy as np
import pytest

from auxnet_cli.data.images.thumbnail import blank, thumbnail


@pytest.mark.parametrize("size", [(1, 1), (8, 9), (64, 64), (256, 1600), (1600, 20)])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_keeps_the_kind_and_the_mean(size, kind):
    image = np.full((*size, 3), 201, kind)
    small = thumbnail(image)
    assert (small.shape, small.dtype) == ((64, 64), kind)
    assert np.all(abs(small.astype(int) - 201) <= 1)


def test_averages_areas():
    image = np.zeros((640, 640, 3), np.uint8)
    image[::2] = 200
    assert np.all(thumbnail(image) == 100)


def test_blank():
    assert not blank().any()
