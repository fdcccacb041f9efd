import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL.ExifTags import Base as Tag

from auxnet_cli.data.images.lzw import lzw_length
from auxnet_cli.data.images.tiff_page import TiffPage
from tests.data.images.builders import saved


def coded(values):
    """A strip as libtiff writes it."""
    pixels = np.asarray(values, np.uint8).reshape(1, -1)
    page = TiffPage(saved(pixels, "TIFF", compression="tiff_lzw", strip_size=2**30))
    start = page[Tag.StripOffsets]
    return page.content[start : start + page[Tag.StripByteCounts]]


RNG = np.random.default_rng(0)
VALUES = {
    "noise": RNG.integers(0, 256, 60_000),
    "a single value": np.zeros(300_000),
    "two values": RNG.integers(0, 2, 60_000),
    "a surface": np.cumsum(RNG.integers(-1, 2, 60_000)) % 256,
}


@pytest.mark.parametrize("kind", VALUES)
def test_length_through_growing_codes_and_cleared_tables(kind):
    values = VALUES[kind]
    assert lzw_length(coded(values), len(values)) == len(values)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=3000))
def test_length_of_anything(values):
    assert lzw_length(coded(values), 10_000) == len(values)


def test_counting_stops_where_nobody_would_take_it():
    assert 1000 < lzw_length(coded(np.zeros(20_000_000)), 1000) < 20_000_000


def test_codes_of_entries_that_are_not_there_and_no_end_code():
    bits = f"{256:09b}{65:09b}{300:09b}"
    strip = bytes(int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))
    with pytest.raises(ValueError, match="not in the table"):
        lzw_length(strip, 100)
    strip = coded(VALUES["a surface"])
    assert lzw_length(strip[: len(strip) // 2], 60_000) < 60_000
    assert lzw_length(b"", 10) == 0
