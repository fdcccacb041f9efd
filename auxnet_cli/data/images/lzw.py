"""Counts the bytes that LZW, as in TIFF 6.0, section 13, decodes to, without making them.

libtiff stops at the last byte that it needs, and so misses damage that makes a strip decode to more
bytes than its pixels take.
"""

import numpy as np
from numpy.typing import NDArray

_CLEAR, _END, _FIRST = 256, 257, 258
# Codes until the table is full, and has to be cleared.
_MOST = 4096 - _FIRST
# After the code of index k the table has 258 + k entries; a code is wider as soon as it has 511.
_WIDTHS = 9 + np.searchsorted([511, 1023, 2047], _FIRST - 1 + np.arange(_MOST + 1), "right")
_WIDTHS[0] = 9
_STARTS = np.concatenate(([0], np.cumsum(_WIDTHS)[:-1]))
_BYTES = int(_STARTS[-1]) // 8 + 8


def lzw_length(strip: bytes, most: int) -> int:
    """Counts the bytes that a strip decodes to; stops soon beyond ``most``.

    Raises:
        ValueError: the strip is damaged.
    """
    coded = np.frombuffer(strip, np.uint8)
    length = at = 0
    while length <= most:
        codes = _codes(coded, at)
        stops = np.flatnonzero((codes == _CLEAR) | (codes == _END))
        length += _decoded_length(codes[: stops[0]] if len(stops) else codes)
        if not len(stops) and len(codes) > _MOST:
            raise ValueError("its LZW table overflows")
        if not len(stops) or codes[stops[0]] == _END:
            return length
        at += int(_STARTS[stops[0]] + _WIDTHS[stops[0]])
    return length


def _codes(coded: NDArray[np.uint8], at: int) -> NDArray[np.int64]:
    """Returns the codes from a bit on, as many as a table can take, or as there are."""
    part = coded[at // 8 : at // 8 + _BYTES]
    padded = np.zeros(_BYTES + 4, np.int64)
    padded[: len(part)] = part
    starts = _STARTS + at % 8
    count = int(np.searchsorted(starts + _WIDTHS, 8 * len(part), "right"))
    starts, widths = starts[:count], _WIDTHS[:count]
    first = starts >> 3
    window = padded[first] << 16 | padded[first + 1] << 8 | padded[first + 2]
    codes: NDArray[np.int64] = window >> (24 - (starts & 7) - widths) & ((1 << widths) - 1)
    return codes


def _decoded_length(codes: NDArray[np.int64]) -> int:
    """Counts the bytes that codes between two clear codes stand for.

    Entry 258 + k of the table is what the code of index k stood for, and a byte more.
    """
    if (codes >= _FIRST + np.arange(len(codes))).any():
        raise ValueError("its LZW codes name entries that are not in the table")
    nowhere = len(codes)
    lengths = np.append(np.ones(len(codes), np.int64), 0)
    parents = np.append(np.where(codes < _CLEAR, nowhere, codes - _FIRST), nowhere)
    while (parents[:-1] != nowhere).any():
        lengths += lengths[parents]
        parents = parents[parents]
    return int(lengths[:-1].sum())
