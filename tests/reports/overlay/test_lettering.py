import numpy as np
import pytest

from auxnet_cli.reports.overlay.lettering import shorten, text_width, write


def test_letters_are_smooth_and_of_the_colour_asked_for():
    picture = np.zeros((40, 200, 3), np.uint8)
    write(picture, "Ärger ✓", (5, 20), 20, (0, 255, 0))
    assert picture[..., 1].max() == 255
    assert not picture[..., (0, 2)].any()
    assert len(np.unique(picture[..., 1])) > 10


@pytest.mark.parametrize("place", [(-50, 5), (195, 5), (0, -30), (0, 60), (500, 500)])
def test_text_off_the_picture_is_cut(place):
    written = []
    for height, width in ((40, 200), (140, 700)):
        picture = np.zeros((height, width, 3), np.uint8)
        write(picture, "DEFECTIVE", place, 20, (255, 255, 255))
        written.append(picture[:40, :200])
    # What lies on the picture is what a larger one shows there.
    np.testing.assert_array_equal(*written)
    assert (written[0].max() > 0) == (place in {(-50, 5), (195, 5)})


def test_shorten():
    assert shorten("pit", 20, 500) == "pit"
    cut = shorten("a very long class name", 20, 100)
    assert cut.endswith("…")
    assert cut.startswith("a v")
    assert text_width(cut, 20) <= 100
