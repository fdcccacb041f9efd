"""Finds near-duplicates: photos of one part that differ in exposure, crop or coding only.

The usual hashes (imagehash, OpenCV's ``img_hash``) compare brightness over large areas. On machined
surfaces that is the lighting, which all parts share, so they join everything or nothing. Here the
fine structure decides instead:

1. Each thumbnail becomes a map of its structure: the logarithm removes exposure, a high pass the
   lighting, running means along rows and columns the traces of rolling and grinding, division by
   the local spread the contrast. What all images of the set share, such as the outline of the part,
   is subtracted.
2. Coarse maps of all images are compared at nine shifts. It is one matrix product: 12,568 images
   take seconds.
3. For the pairs that stand out the full maps are compared at 121 shifts, up to 5 of 64 pixels in
   either direction: 8 % of the image. The best correlation must reach ``THRESHOLD``.

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
_CANDIDATES = 64  # the best of each image; the members of larger groups are joined in a chain
_BLOCK = 256
_TYPICAL = 30  # so many images must share a structure before half of it counts as common


def near_duplicates(thumbnails: Sequence[NDArray[np.uint8]]) -> list[tuple[int, int]]:
    """Finds pairs of images that show the same thing, given (64, 64) grey thumbnails of 0-255.

    The indices of a pair are sorted, and so are the pairs. Two images of a large group may be
    connected only through others.
    """
    if len(thumbnails) < 2:
        return []
    # Half precision: 8 KiB an image.
    maps = np.stack([structure(picture).astype(np.float16) for picture in thumbnails])
    common = maps.sum(axis=0, dtype=np.float32) / (len(maps) + _TYPICAL)
    pairs: list[tuple[int, int]] = []
    for first, others in _candidates(maps, common):
        structured = maps[first] - common
        pairs += [
            (first, other)
            for other in others.tolist()
            if _correlation(structured, maps[other] - common) >= THRESHOLD
        ]
    return pairs


def structure(picture: NDArray[np.uint8]) -> Floats:
    """Returns the fine structure of a (64, 64) grey picture, about 0 ± 1; 0 where it is smooth."""
    tone = np.log(picture.astype(np.float32) + 8)
    detail = tone - cv2.GaussianBlur(tone, (0, 0), 3)
    detail -= cv2.blur(detail, (1, THUMBNAIL_SIDE // 3))
    detail -= cv2.blur(detail, (THUMBNAIL_SIDE // 3, 1))
    # The constant is about one grey level: the steps of a smooth shade are no structure.
    spread = np.sqrt(cv2.GaussianBlur(detail * detail, (0, 0), 6)) + 0.01
    smooth: Floats = cv2.GaussianBlur(detail / spread, (0, 0), 0.7)
    return smooth


def _candidates(maps: NDArray[np.float16], common: Floats) -> list[tuple[int, NDArray[np.intp]]]:
    """Returns images with the indices of later images whose coarse maps are similar."""
    coarse = np.stack([_shrink(structured - common) for structured in maps])
    inner = _COARSE - 2 * _COARSE_SHIFT
    shifts = range(2 * _COARSE_SHIFT + 1)
    shifted = [
        _normalised(coarse[:, top : top + inner, left : left + inner])
        for top in shifts
        for left in shifts
    ]
    centre = shifted[len(shifted) // 2]
    candidates = []
    for start in range(0, len(maps), _BLOCK):
        block = slice(start, start + _BLOCK)
        # Either image may be the shifted one.
        similarity = centre[block] @ centre[start:].T
        for other in shifted:
            np.maximum(similarity, centre[block] @ other[start:].T, out=similarity)
        for row, similarities in enumerate(similarity):
            later = similarities[row + 1 :]
            best = np.flatnonzero(later >= _COARSE_THRESHOLD)
            if len(best) > _CANDIDATES:
                best = np.sort(best[np.argsort(-later[best], kind="stable")[:_CANDIDATES]])
            if len(best):
                candidates.append((start + row, start + row + 1 + best))
    return candidates


def _shrink(structured: Floats) -> Floats:
    step = THUMBNAIL_SIDE // _COARSE
    smooth: Floats = cv2.GaussianBlur(structured, (0, 0), 2.5)
    return smooth[step // 2 :: step, step // 2 :: step]


def _correlation(first: Floats, second: Floats) -> float:
    """Returns the correlation of the middle of ``second`` with its best shift on ``first``."""
    middle = np.ascontiguousarray(second[_SHIFT:-_SHIFT, _SHIFT:-_SHIFT])
    return float(cv2.matchTemplate(first, middle, cv2.TM_CCOEFF_NORMED).max())


def _normalised(maps: Floats) -> Floats:
    """Returns rows of mean 0 and length 1, or of length 0 without noticeable structure."""
    rows = maps.reshape(len(maps), -1).astype(np.float32)
    rows = rows - rows.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    enough = lengths > 0.005 * np.sqrt(rows.shape[1])
    normalised: Floats = np.divide(rows, lengths, out=np.zeros_like(rows), where=enough)
    return normalised
