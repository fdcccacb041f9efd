import cv2
import numpy as np
import pytest

from auxnet_cli.data.audit.survey import UnmatchedDefect
from auxnet_cli.data.common_format import Entry
from auxnet_cli.reports.audit.pictures import Pictures
from auxnet_cli.settings import Settings
from tests.reports.reading import decode


def put(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())


@pytest.fixture
def pictures(tmp_path):
    put(tmp_path / "images/a.png", np.full((400, 200), 90, np.uint8))
    put(tmp_path / "source/passed.png", np.full((10, 20), 30, np.uint8))
    put(tmp_path / "secret.png", np.full((10, 20), 30, np.uint8))
    (tmp_path / "source/link.png").symlink_to(tmp_path / "secret.png")
    return Pictures(tmp_path / "images", {"d/a.jpg": "a.png"}, tmp_path / "source", None)


def test_images_of_the_set_and_of_the_source(pictures):
    assert decode(pictures.thumbnail("d/a.jpg")).shape == (160, 80, 3)
    assert decode(pictures.thumbnail("passed.png")).shape == (10, 20, 3)


@pytest.mark.parametrize(
    "file", ["", ".", "none.png", "../secret.png", "link.png", "/etc/passwd", "a\0b", "x" * 9999]
)
def test_nothing_else_is_read(pictures, tmp_path, file):
    assert pictures.thumbnail(file) is None
    assert pictures.thumbnail(str(tmp_path / "secret.png")) is None


def test_a_page_does_not_grow_for_ever(pictures):
    pictures.left = 2000
    assert pictures.thumbnail("passed.png")
    assert 0 < pictures.left < 2000
    pictures.left = 100
    assert pictures.thumbnail("d/a.jpg") is None
    assert pictures.left == 0


@pytest.mark.parametrize("tile", [None, [200, 200]])
def test_an_unmatched_defect_is_drawn_where_it_is(pictures, tmp_path, tile):
    image = np.zeros((400, 200), np.uint8)
    image[300:304, 100:140] = 255
    put(tmp_path / "images/a.png", image)
    settings = Settings.model_validate({"data": {"size": [200, 200]}, "tile": {"size": tile}})
    # The third of the three tiles begins in row 200.
    top = 100 if tile else 150
    truth = np.array([100, top, 140, top + (4 if tile else 2)], float)
    entry = Entry("a.png", "d/a.jpg", 400, 200, "0", ())
    defect = UnmatchedDefect(entry, "x", truth, truth + [[-9, -9, 9, 9]][0], 0.1, 2 if tile else 0)
    drawn = decode(pictures.unmatched(defect, settings)).astype(int)
    white = np.argwhere(drawn.min(axis=2) > 180)
    assert len(white) > 50
    green = np.argwhere((drawn[..., 1] > 110) & (drawn[..., 2] < 70))
    # The green box lies around the white defect.
    assert np.all(green.min(axis=0) <= white.min(axis=0))
    assert np.all(green.max(axis=0) >= white.max(axis=0))
    assert np.all(np.abs(green.mean(axis=0) - white.mean(axis=0)) < 12)
