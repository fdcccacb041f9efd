"""Keeps thin defects connected when masks are made coarser."""

from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]
"""(height, width), 0 or 1."""

SQUARE = np.ones((3, 3), np.uint8)


def in_one_piece(solid: Mask, touched: Mask, cover: NDArray[np.float32]) -> Mask:
    """Adds to ``solid`` what keeps a defect connected and as long as it is.

    ``solid`` is returned unchanged where it has as many pieces as ``touched`` and reaches all its
    pixels to within one pixel, as with thick defects. Else the result is ``touched``, thinned:
    pixels outside ``solid`` are removed, the least covered first, as long as no piece is parted
    and every touched pixel keeps a neighbour. A thin defect keeps a line along its middle.

    Args:
        solid: (height, width), 0 or 1: pixels that belong to the defect.
        touched: (height, width), 0 or 1: all pixels that the defect touches, ``solid`` included.
        cover: (height, width): how much of each pixel the defect covers.

    Returns:
        (height, width), 0 or 1. Pieces are connected by edges or corners.
    """
    x, y, width, height = cv2.boundingRect(touched)
    if width == 0:
        return solid
    window = np.s_[y : y + height, x : x + width]
    solid_part = np.ascontiguousarray(solid[window])
    touched_part = np.ascontiguousarray(touched[window])
    unreached = touched_part > cv2.dilate(solid_part, SQUARE)
    if not unreached.any() and pieces(solid_part) == pieces(touched_part):
        return solid
    whole = solid.copy()
    whole[window] = _thin(solid_part, touched_part, cover[window])
    return whole


def pieces(mask: Mask) -> int:
    """Counts the pieces, connected by edges or corners, of a (height, width) mask of 0 and 1."""
    # Quicker than labelling them: pieces are the outlines that lie in no other's hole or piece.
    _, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return 0 if tree is None else int((tree[0, :, 3] < 0).sum())


def _is_simple(code: int) -> bool:
    """Tells whether a pixel can go without parting its neighbours.

    Hilditch's crossing number for pieces connected by corners: 1 where the neighbours are one
    piece and the pixel lies at its border. Bit k of ``code`` is neighbour k of ``_AROUND``.
    """
    on = [code >> bit & 1 for bit in range(8)]
    return sum(not on[k] and (on[k + 1] or on[(k + 2) % 8]) for k in (0, 2, 4, 6)) == 1


_AROUND = ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1))
"""Rows and columns of the neighbours, one after the other around the pixel; edges are even."""
_SIMPLE = tuple(_is_simple(code) for code in range(256))


def _thin(solid: Mask, touched: Mask, cover: NDArray[np.float32]) -> Mask:
    """Removes from ``touched`` what is not needed; see :func:`in_one_piece`."""
    kept = np.pad(touched, 1)
    stride = kept.shape[1]
    around = [row * stride + column for row, column in _AROUND]
    square = [row * stride + column for row, column in product((-1, 0, 1), repeat=2)]
    # Plain lists: pixels are visited one after the other, at which arrays are slow.
    counts = cv2.filter2D(kept, cv2.CV_16S, SQUARE, borderType=cv2.BORDER_CONSTANT)
    neighbours, stays = counts.ravel().tolist(), kept.ravel().tolist()
    is_touched = list(stays)
    rows, columns = np.nonzero(touched > solid)
    order = np.argsort(cover[rows, columns], kind="stable")
    waiting = ((rows + 1) * stride + columns + 1)[order].tolist()
    changed = True
    while changed:
        needed = []
        for pixel in waiting:
            code = sum(stays[pixel + step] << bit for bit, step in enumerate(around))
            if not _SIMPLE[code] or any(
                is_touched[pixel + step] and neighbours[pixel + step] == 1 for step in square
            ):
                needed.append(pixel)
                continue
            stays[pixel] = 0
            for step in square:
                neighbours[pixel + step] -= 1
        changed, waiting = len(needed) < len(waiting), needed
    return np.array(stays, np.uint8).reshape(kept.shape)[1:-1, 1:-1]
