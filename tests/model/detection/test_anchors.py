import numpy as np
import pytest

from auxnet_cli.errors import InputError
from auxnet_cli.model.detection.anchors import anchors_per_place, count_anchors, make_anchors
from auxnet_cli.settings import AnchorSettings

PAPER = AnchorSettings()


def test_the_papers_anchors_at_its_input_size():
    anchors = make_anchors((128, 800), PAPER)
    places = 16 * 100 + 8 * 50 + 4 * 25 + 2 * 13 + 1 * 7
    assert anchors.shape == (places * 9, 4)
    assert anchors_per_place(PAPER) == 9


def test_the_first_place_by_hand():
    settings = AnchorSettings(scales=(1.0,), ratios=(0.25, 1.0, 4.0), base=4.0)
    # Stride 8, centre (4, 4), area 32²: 64 × 16, 32 × 32, 16 × 64 (width × height).
    expected = [[-28, -4, 36, 12], [-12, -12, 20, 20], [-4, -28, 12, 36]]
    np.testing.assert_allclose(make_anchors((64, 64), settings)[:3], expected, atol=1e-5)


def test_more_anchors_than_memory_holds():
    many = AnchorSettings(levels=(2, 7), scales=(1.0,) * 16, ratios=(1.0,) * 16)
    with pytest.raises(
        InputError, match=r"4096 × 4096 pixels has 357,\d+,\d+ anchors .* 5,000,000"
    ):
        make_anchors((4096, 4096), many)
    assert count_anchors((128, 800), PAPER) == len(make_anchors((128, 800), PAPER))


@pytest.mark.parametrize(
    "bad", [{"levels": (5, 3)}, {"levels": (1, 5)}, {"ignore": 0.6}, {"near": 0.8}]
)
def test_contradictory_settings_are_refused(bad):
    with pytest.raises(ValueError, match="must"):
        AnchorSettings(**bad)
