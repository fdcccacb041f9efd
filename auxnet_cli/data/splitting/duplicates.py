"""Near-duplicates: photos of one part that differ in exposure, crop or coding, but not in content.

Hashes of the usual kind (imagehash, OpenCV's ``img_hash``) compare brightness over large areas. On
machined surfaces that is the lighting, which all parts share, so they join everything or nothing.
Here the fine structure decides instead:

1. Each thumbnail becomes a map of its structure: the logarithm takes exposure off, a high pass the
   lighting, running means along rows and columns the traces of rolling and grinding, division by
   the local spread the contrast. What all images of the set share, such as the outline of the part,
   is subtracted.
2. Coarse maps of all images are compared, each in nine places. It is one matrix product: 12,568
   images take seconds.
3. For the pairs that stand out the full maps are compared in 121 places, up to 5 of 64 pixels off
   in either direction: 8 % of the image. The best correlation must reach ``THRESHOLD``.

Mirrored or turned copies, and parts of another image, are not found.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.resize import THUMBNAIL_SIDE

Floats = NDArray[np.float32]

THRESHOLD = 0.45
"""Correlation from which two images are near-duplicates. Unrelated surfaces stay below 0.4."""

_COARSE_THRESHOLD = 0.42
_SHIFT = 5
_COARSE, _COARSE_SHIFT = 16, 1
_CANDIDATES = 64  # of an image, the best; the members of larger groups find each other in a chain
_BLOCK = 256
_TYPICAL = 30  # so many images must share a structure before half of it counts as common


def near_duplicates(thumbnails: Sequence[NDArray[np.uint8]]) -> list[tuple[int, int]]:
    """Pairs of images that show the same thing.

    Args:
        thumbnails: (64, 64) grey, one an image, as :func:`thumbnail.thumbnail` makes them.

    Returns:
        Pairs of positions, the smaller first, sorted. The images of a large group may be connected
        through others only.
    """
    if len(thumbnails) < 2:
        return []
    # Half precision: 8 KiB an image.
    maps = np.stack([structure(picture).astype(np.float16) for picture in thumbnails])
    common = maps.sum(axis=0, dtype=np.float32) / (len(maps) + _TYPICAL)
    pairs: list[tuple[int, int]] = []
    for first, others in _candidates(maps, common):
        one = maps[first] - common
        pairs += [
            (first, other)
            for other in others.tolist()
            if _correlation(one, maps[other] - common) >= THRESHOLD
        ]
    return pairs


def structure(picture: NDArray[np.uint8]) -> Floats:
    """The fine structure of a (64, 64) grey picture, about 0 ± 1; 0 where there is none."""
    tone = np.log(picture.astype(np.float32) + 8)
    detail = tone - cv2.GaussianBlur(tone, (0, 0), 3)
    detail -= cv2.blur(detail, (1, THUMBNAIL_SIDE // 3))
    detail -= cv2.blur(detail, (THUMBNAIL_SIDE // 3, 1))
    # The constant is about one grey level: the steps of a smooth shade are no structure.
    spread = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), 6)) + 0.01
    smooth: Floats = cv2.GaussianBlur(detail / spread, (0, 0), 0.7)
    return smooth


def _candidates(maps: NDArray[np.float16], common: Floats) -> list[tuple[int, NDArray[np.intp]]]:
    """Images with the later ones whose coarse maps are alike."""
    coarse = np.stack([_shrink(one - common) for one in maps])
    inner = _COARSE - 2 * _COARSE_SHIFT
    places = range(2 * _COARSE_SHIFT + 1)
    shifted = [
        _normalised(coarse[:, top : top + inner, left : left + inner])
        for top in places
        for left in places
    ]
    centre = shifted[len(shifted) // 2]
    found = []
    for start in range(0, len(maps), _BLOCK):
        block = slice(start, start + _BLOCK)
        # Either image may be the shifted one.
        alike = centre[block] @ centre[start:].T
        for other in shifted:
            np.maximum(alike, centre[block] @ other[start:].T, out=alike)
        for row, likeness in enumerate(alike):
            later = likeness[row + 1 :]
            best = np.flatnonzero(later >= _COARSE_THRESHOLD)
            if len(best) > _CANDIDATES:
                best = np.sort(best[np.argsort(-later[best], kind="stable")[:_CANDIDATES]])
            if len(best):
                found.append((start + row, start + row + 1 + best))
    return found


def _shrink(one: Floats) -> Floats:
    step = THUMBNAIL_SIDE // _COARSE
    small: Floats = cv2.GaussianBlur(one, (0, 0), 2.5)[step // 2 :: step, step // 2 :: step]
    return small


def _correlation(one: Floats, other: Floats) -> float:
    """Of the middle of ``other`` with the place on ``one`` that suits it best, -1 to 1."""
    middle = np.ascontiguousarray(other[_SHIFT:-_SHIFT, _SHIFT:-_SHIFT])
    return float(cv2.matchTemplate(one, middle, cv2.TM_CCOEFF_NORMED).max())


def _normalised(maps: Floats) -> Floats:
    """Rows of mean 0 and length 1; of length 0 where there is hardly any structure."""
    rows = maps.reshape(len(maps), -1).astype(np.float32)
    rows = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    enough = lengths > 0.005 * np.sqrt(rows.shape[1])
    normalised: Floats = np.divide(rows, lengths, out=np.zeros_like(rows), where=enough)
    return normalised
