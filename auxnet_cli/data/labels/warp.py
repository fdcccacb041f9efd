"""Warps maps of instances without losing thin ones."""

from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.labels.connectivity import in_one_piece, pieces


def warp_instances(
    instances: NDArray[np.uint16],
    matrix: NDArray[np.float64],
    size: tuple[int, int],
    border: int = cv2.BORDER_CONSTANT,
) -> NDArray[np.uint16]:
    """Warps by the nearest pixel, and keeps a defect in one piece that is in one piece.

    The nearest pixel alone leaves gaps in a line that is one pixel wide. There the line is drawn
    from pixel to pixel; see :func:`connectivity.in_one_piece`.

    Args:
        instances: (height, width), the number of the defect at each pixel; 0 is none.
        matrix: 2 × 3, from old to new pixel centres.
        size: (height, width) of the result.
        border: what lies beyond the border, a border mode of OpenCV.
    """
    instances = np.ascontiguousarray(instances)
    nearest = cv2.warpAffine(
        instances, matrix, size[::-1], flags=cv2.INTER_NEAREST, borderMode=border
    )
    warped = np.asarray(nearest, np.uint16)
    rows, columns = np.nonzero(_endangered(instances, warped, matrix))
    if not len(rows):
        return warped
    owners, lines = _lines(instances, rows, columns, matrix)
    for number in np.unique(owners):
        solid = (warped == number).astype(np.uint8)
        touched = solid.copy()
        cv2.polylines(touched, lines[owners == number], isClosed=False, color=1)
        whole = in_one_piece(solid, touched, touched)
        if whole is not solid:
            warped[(whole > 0) & (warped == 0)] = number
    return warped


def _endangered(
    instances: NDArray[np.uint16], warped: NDArray[np.uint16], matrix: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Returns the pixels without which defects might be lost or come apart.

    These are the pixels more than one pixel away from every square of defective pixels that is
    large enough to be hit for certain; and the rims of all defects if the number of pieces changes.
    """
    scale = float(np.linalg.svd(matrix[:, :2], compute_uv=False)[-1])
    side = 2 * int(np.ceil(1.05 / scale - 0.5)) + 1  # 2.1 new pixels or more, and odd
    square = np.ones((side, side), np.uint8)
    low, high = cv2.erode(instances, square), cv2.dilate(instances, square)
    before, after = ((numbers > 0).astype(np.uint8) for numbers in (instances, warped))
    if pieces(before) != pieces(after):
        return np.asarray((low != high) & (instances > 0))
    middles = ((low == high) & (instances > 0)).astype(np.uint8)
    return np.asarray(before > cv2.dilate(middles, np.ones((side + 2, side + 2), np.uint8)))


def _lines(
    instances: NDArray[np.uint16],
    rows: NDArray[np.intp],
    columns: NDArray[np.intp],
    matrix: NDArray[np.float64],
) -> tuple[NDArray[np.uint16], NDArray[np.int32]]:
    """Joins each of some pixels to itself and to its neighbours of the same defect.

    Returns:
        (lines,) the defect's number, and (lines, 2, 2) ends x, y in new pixels.
    """
    padded = np.pad(instances, 1)
    numbers = instances[rows, columns]
    pixels = np.stack([columns, rows], axis=1)
    owners, ends = [], []
    for down, right in product((-1, 0, 1), repeat=2):
        same = padded[rows + 1 + down, columns + 1 + right] == numbers
        owners.append(numbers[same])
        ends.append(np.stack([pixels[same], pixels[same] + (right, down)], axis=1))
    moved = np.rint(np.concatenate(ends) @ matrix[:, :2].T + matrix[:, 2])
    return np.concatenate(owners), moved.astype(np.int32)
