"""Connectivity: what a mask must keep of a defect that is thinner than the pixels it comes to."""

from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]

_SQUARE = np.ones((3, 3), np.uint8)


def in_one_piece(solid: Mask, touched: Mask, cover: NDArray[np.float32]) -> Mask:
    """Add to ``solid`` what keeps a defect connected and as long as it is.

    ``solid`` is returned unchanged where it has as many pieces as ``touched`` and reaches all its
    pixels to within one pixel, as with thick defects. Else the result is ``touched``, thinned:
    pixels outside ``solid`` are removed, the least covered first, as long as no piece is parted
    and every touched pixel keeps a neighbour. Of a thin defect a line along its middle remains.

    Args:
        solid: (height, width), 0 or 1: pixels that belong to the defect.
        touched: likewise: all pixels that the defect touches, ``solid`` among them.
        cover: (height, width): how much of each pixel it covers.

    Returns:
        (height, width), 0 or 1. Pieces are connected by edges or corners.
    """
    x, y, width, height = cv2.boundingRect(touched)
    if width == 0:
        return solid
    where = np.s_[y : y + height, x : x + width]
    own, all_of_it = np.ascontiguousarray(solid[where]), np.ascontiguousarray(touched[where])
    near = cv2.dilate(own, _SQUARE)
    if not (all_of_it > near).any() and pieces(own) == pieces(all_of_it):
        return solid
    whole = solid.copy()
    whole[where] = _thinned(own, all_of_it, cover[where])
    return whole


def pieces(mask: Mask) -> int:
    """How many pieces, connected by edges or corners, a (height, width) mask of 0 and 1 has."""
    # Quicker than labelling them: pieces are the outlines that lie in no other's hole or piece.
    _, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    return 0 if tree is None else int((tree[0, :, 3] < 0).sum())


def _simple(code: int) -> bool:
    """Whether a pixel can go without parting its neighbours, bits of ``code`` in _AROUND's order.

    Hilditch's crossing number for pieces connected by corners: 1 where the neighbours are one
    piece and the pixel lies at its border.
    """
    on = [code >> bit & 1 for bit in range(8)]
    return sum(not on[k] and (on[k + 1] or on[(k + 2) % 8]) for k in (0, 2, 4, 6)) == 1


_AROUND = ((0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1), (1, 0), (1, 1))
"""Rows and columns of the neighbours, one after the other around the pixel; edges are even."""
_SIMPLE = tuple(_simple(code) for code in range(256))


def _thinned(solid: Mask, touched: Mask, cover: NDArray[np.float32]) -> Mask:
    """``touched`` without what is not needed; see :func:`in_one_piece`."""
    kept = np.pad(touched, 1)
    stride = kept.shape[1]
    around = [row * stride + column for row, column in _AROUND]
    square = [row * stride + column for row, column in product((-1, 0, 1), repeat=2)]
    # Plain lists: one pixel is looked at after the other, which arrays are slow at.
    company = cv2.filter2D(kept, cv2.CV_16S, _SQUARE, borderType=cv2.BORDER_CONSTANT)
    neighbours, stays = company.ravel().tolist(), kept.ravel().tolist()
    is_touched = list(stays)
    rows, columns = np.nonzero(touched > solid)
    order = np.argsort(cover[rows, columns], kind="stable")
    waiting = ((rows + 1) * stride + columns + 1)[order].tolist()
    changed = True
    while changed:
        left = []
        for pixel in waiting:
            code = sum(stays[pixel + step] << bit for bit, step in enumerate(around))
            needed = not _SIMPLE[code] or any(
                is_touched[pixel + step] and neighbours[pixel + step] == 1 for step in square
            )
            if needed:
                left.append(pixel)
                continue
            stays[pixel] = 0
            for step in square:
                neighbours[pixel + step] -= 1
        changed, waiting = len(left) < len(waiting), left
    return np.array(stays, np.uint8).reshape(kept.shape)[1:-1, 1:-1]
