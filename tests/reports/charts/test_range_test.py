import numpy as np
import pytest
from PIL import Image

from auxnet_cli.reports.charts.range_test import save_range_chart


@pytest.mark.parametrize("burst", [1.0, 1e12])
def test_a_picture_that_shows_the_curve_and_the_peak(tmp_path, burst):
    rates = np.geomspace(1e-6, 1, 50)
    losses = 1 + (np.log10(rates) + 2) ** 2
    losses[-1] *= burst
    path = tmp_path / "range_test.png"
    save_range_chart(list(rates), list(losses), 1e-3, path)
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    assert pixels.shape[0] > 300
    blue = (pixels[..., 2] - pixels[..., 0] > 80).any(axis=0)
    red = (pixels[..., 0] - pixels[..., 2] > 80).any(axis=0)
    # The curve runs over most of the width, however high the last loss is; the peak is one line.
    assert blue.mean() > 0.6
    assert 0 < red.mean() < 0.2
