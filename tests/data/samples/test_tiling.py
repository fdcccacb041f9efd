import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.samples.tiling import Window, draw_window, larger_than_tile, windows
from auxnet_cli.errors import InputError
from auxnet_cli.settings import TileSettings

SIZES = st.integers(1, 3000)
TILES = st.builds(
    TileSettings,
    size=st.tuples(st.integers(64, 700), st.integers(64, 700)),
    overlap=st.floats(0, 0.8),
)


@given(SIZES, SIZES, TILES)
def test_tiles_cover_the_image_and_overlap(height, width, settings):
    tiles = windows(height, width, settings)
    sizes = {(tile.height, tile.width) for tile in tiles}
    assert sizes == {(min(height, settings.size[0]), min(width, settings.size[1]))}
    for starts, length, tile in (
        (sorted({tile.top for tile in tiles}), height, tiles[0].height),
        (sorted({tile.left for tile in tiles}), width, tiles[0].width),
    ):
        assert (starts[0], starts[-1]) == (0, length - tile)
        steps = np.diff(starts)
        assert (steps <= max(1, tile * (1 - settings.overlap))).all()
        # One tile fewer could not do it.
        assert len(starts) == 1 or (length - tile) / (len(starts) - 1) > 0
    assert len(tiles) == len(set(tiles))


def test_cases_worked_by_hand():
    assert windows(40, 90, TileSettings()) == [Window(0, 0, 40, 90)]
    tiles = windows(100, 250, TileSettings(size=(100, 100), overlap=0.2))
    assert tiles == [Window(0, left, 100, 100) for left in (0, 75, 150)]


def test_the_whole_image_comes_last():
    both = TileSettings(size=(100, 100), overlap=0.2, whole=0.5)
    assert windows(100, 250, both)[-2:] == [Window(0, 150, 100, 100), Window(0, 0, 100, 250)]
    assert windows(40, 90, both) == [Window(0, 0, 40, 90)]  # seen as a whole anyway
    boxes = [(0.0, 0.0, 200.0, 20.0)]
    assert larger_than_tile(boxes, both) == 0
    assert larger_than_tile(boxes, TileSettings(size=(100, 100))) == 1


@given(SIZES, SIZES, TILES, st.data())
def test_a_tile_drawn_for_a_defect_shows_it(height, width, settings, data):
    x = data.draw(st.floats(0, width - 0.5))
    y = data.draw(st.floats(0, height - 0.5))
    box = (x, y, data.draw(st.floats(0.1, width - x)), data.draw(st.floats(0.1, height - y)))
    settings = settings.model_copy(update={"defective": 1.0})
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    tile = draw_window(height, width, [box], settings, rng)
    assert 0 <= tile.top <= height - tile.height
    assert 0 <= tile.left <= width - tile.width
    assert tile.left < x + box[2] + 1e-6
    assert x < tile.left + tile.width
    assert tile.top < y + box[3] + 1e-6
    assert y < tile.top + tile.height


@pytest.mark.parametrize(("boxes", "part"), [([], 1.0), ([(0.0, 0.0, 1.0, 1.0)], 0.0)])
def test_other_tiles_lie_anywhere(boxes, part):
    settings = TileSettings(size=(32, 32), defective=part)
    tiles = [
        draw_window(100, 200, boxes, settings, np.random.default_rng(seed)) for seed in range(300)
    ]
    assert {tile.top for tile in tiles} >= {0, 68}
    assert len({tile.left for tile in tiles}) > 100


def test_part_of_the_draws_shows_a_defect():
    settings = TileSettings(size=(32, 32), defective=0.5)
    rng = np.random.default_rng(0)
    shown = sum(
        draw_window(3000, 3000, [(9.0, 9.0, 4.0, 4.0)], settings, rng).top < 13 for _ in range(400)
    )
    assert 150 < shown < 250


@pytest.mark.parametrize(
    ("size", "number"), [(None, 0), ((50, 50), 3), ((100, 60), 1), ((100, 100), 0)]
)
def test_defects_larger_than_a_tile_are_counted(size, number):
    boxes = [(0, 0, 60, 10), (5, 5, 10, 70), (1, 1, 90, 90), (3, 3, 4, 4)]
    assert larger_than_tile(boxes, TileSettings(size=size)) == number


def test_more_tiles_than_memory_holds():
    fine = TileSettings(size=(32, 32), overlap=0.9)
    with pytest.raises(
        InputError, match=r"14000 × 14000 pixels would be cut into 21,\d+,\d+ tiles"
    ):
        windows(14_000, 14_000, fine)
    assert len(windows(200, 200, fine)) == 57**2
