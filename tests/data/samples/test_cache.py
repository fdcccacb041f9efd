import sys
from dataclasses import replace

import numpy as np
import pytest

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.samples.cache import ImageCache
from auxnet_cli.data.samples.tiling import Window
from auxnet_cli.errors import InputError
from tests.data.source_builders import put

WHOLE = Window(0, 0, 40, 60)
TILE = Window(10, 20, 20, 30)


@pytest.fixture
def record(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)
    path = tmp_path / "images" / "sub" / "x.png"
    put(path, image)
    return Record(1, "sub/x.png", path, 40, 60, ())


@pytest.mark.parametrize("window", [WHOLE, TILE])
@pytest.mark.parametrize("size", [(20, 30), (16, 16)])
def test_the_cache_changes_no_pixel(record, tmp_path, window, size):
    expected = ImageCache().read(record, window, size)
    assert expected.shape == (*size, 3)
    cache = ImageCache(tmp_path / "cache")
    for _ in range(2):
        np.testing.assert_array_equal(cache.read(record, window, size), expected)


@pytest.mark.parametrize(("window", "name"), [(WHOLE, "16x16"), (TILE, "full")])
def test_the_original_is_decoded_once(record, tmp_path, window, name):
    cache = ImageCache(tmp_path / "cache")
    first = cache.read(record, window, (16, 16))
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [name]
    record.path.unlink()
    np.testing.assert_array_equal(cache.read(record, window, (16, 16)), first)


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"garbage"])
def test_a_damaged_file_is_made_anew(record, tmp_path, damage):
    cache = ImageCache(tmp_path / "cache")
    expected = np.array(cache.read(record, WHOLE, (16, 16)))
    (path,) = (tmp_path / "cache").rglob("*.npy")
    path.write_bytes(damage)
    np.testing.assert_array_equal(cache.read(record, WHOLE, (16, 16)), expected)
    assert path.stat().st_size > 16 * 16 * 3


def test_a_missing_image_is_said(record, tmp_path):
    record.path.unlink()
    with pytest.raises(InputError, match="There is no image"):
        ImageCache(tmp_path / "cache").read(record, WHOLE, (16, 16))
    assert not list(tmp_path.rglob("*.npy"))


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_cache_elsewhere_is_neither_read_nor_written(record, tmp_path):
    home, away = tmp_path / "home", tmp_path / "away"
    home.mkdir(), away.mkdir()
    (home / "cache").symlink_to(away)
    moved = replace(record, path=home / "x.png", home=home)
    record.path.rename(moved.path)
    with pytest.raises(InputError, match="is a link that leads out of"):
        ImageCache(home / "cache").read(moved, WHOLE, (16, 16))
    assert not list(away.iterdir())
