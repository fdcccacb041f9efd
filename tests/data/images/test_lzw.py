import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from auxnet_cli.data.images.lzw import lzw_length
from auxnet_cli.data.images.tiff_header import read_tiff


def coded(values):
    """A strip as libtiff writes it."""
    stream = io.BytesIO()
    image = Image.fromarray(np.asarray(values, np.uint8).reshape(1, -1))
    image.save(stream, "TIFF", compression="tiff_lzw", strip_size=2**30)
    header = read_tiff(stream.getvalue())
    start = header.tags[273]
    return stream.getvalue()[start : start + header.tags[279]]


RNG = np.random.default_rng(0)
VALUES = {
    "noise": RNG.integers(0, 256, 60_000),
    "one value": np.zeros(300_000),
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


def test_codes_of_entries_that_are_not_there():
    bits = f"{256:09b}{65:09b}{300:09b}"
    strip = bytes(int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8))
    with pytest.raises(ValueError, match="not in the table"):
        lzw_length(strip, 100)


def test_no_end_code():
    strip = coded(VALUES["a surface"])
    assert lzw_length(strip[: len(strip) // 2], 60_000) < 60_000
    assert lzw_length(b"", 10) == 0
