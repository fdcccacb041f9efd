"""Procedural defects grown on photographs: contrast, place, truth.

The contrast is relative to the surface where a defect comes to lie: from hardly more than its
texture to clear. So brightness alone does not find them; a network must look at texture.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.data.synthetic.blemishes import MAKERS, Blemish
from auxnet_cli.data.synthetic.defects import GAP, grown, largest_region
from auxnet_cli.data.synthetic.texture import Field, noise

CLASSES = tuple(MAKERS)

_MANY = (0.25, 0.30, 0.22, 0.14, 0.09)  # share of the images with 0, 1, 2, 3 and 4 defects
_SIZES, _PLACES = 3, 6  # tries
_LARGER = 0.75  # below 1, large ones are somewhat likelier than small ones
_NEAR = 15  # pixels of the neighbourhood that a contrast is relative to
_DARK, _DAZZLE = 14, 246  # grey levels beyond which there is no surface to see
_LEAST = 4  # pixels of a defect
_LEFT = 0.6  # part of a defect that must lie in the image
_BROAD = {"patch": 0.75, "stain": 0.6}  # large areas are seen at less contrast than thin lines
_RECODED = 0.5


def grow(photo: Sample, rng: np.random.Generator) -> Sample:
    """Draw 0-4 procedural defects on a photo.

    Its own defects stay as they are, away from the new ones, and are not in the truth returned.
    Where no place is found for a defect (black background, own defects everywhere), it is left out.

    Args:
        photo: of any classes.
        rng: where the numbers come from.

    Returns:
        A sample with the classes of ``CLASSES``, every defect an instance with an exact mask.
    """
    grey = bool((photo.image[..., :1] == photo.image).all())
    surface = photo.image[..., : 1 if grey else 3].astype(np.float32)
    smooth = cv2.blur(surface, (_NEAR, _NEAR)).reshape(surface.shape)
    detail = (surface - smooth).mean(axis=2)
    rough = np.sqrt(cv2.blur(detail * detail, (_NEAR, _NEAR)))
    level = cv2.blur(surface.mean(axis=2), (5, 5))  # single pixels may well be black
    taken = grown(_known(photo), GAP) | (level < _DARK) | (level > _DAZZLE)
    instances = np.zeros((*level.shape, len(CLASSES)), np.uint16)
    number = 0
    for _ in range(int(rng.choice(len(_MANY), p=_MANY))):
        label = int(rng.integers(len(CLASSES)))
        placed = _placed(rng, label, taken)
        if placed is None:
            continue
        blemish, on = placed
        contrast = _contrast(rng, CLASSES[label], blemish, smooth[on].mean(axis=2), rough[on])
        surface[on] = _painted(rng, surface[on], smooth[on], rough[on], blemish, contrast)
        number += 1
        instances[on][..., label][blemish.mask] = number
        taken |= grown(instances[..., label] == number, GAP)
    image = np.clip(np.rint(surface), 0, 255).astype(np.uint8)
    image = _recoded(rng, image) if rng.random() < _RECODED else image
    return Sample(
        image=np.repeat(image, 3, axis=2) if grey else image,
        instances=instances,
        outlines=np.zeros((0, 4, 2), np.float32),
        outline_labels=np.zeros(0, np.int64),
    )


def _known(photo: Sample) -> NDArray[np.bool_]:
    """Where the photo's own defects lie."""
    known = photo.instances.any(axis=2).astype(np.uint8)
    for corners in photo.outlines:
        cv2.fillConvexPoly(known, np.rint(corners).astype(np.int32), 1)
    return np.asarray(known > 0)


def _placed(
    rng: np.random.Generator, label: int, taken: NDArray[np.bool_]
) -> tuple[Blemish, tuple[slice, slice]] | None:
    """A blemish cut to the image, and where it lies.

    Sizes are drawn octave by octave; where one fits nowhere, a smaller one is tried.
    """
    maker, least, part = MAKERS[CLASSES[label]]
    side = min(float(np.sqrt(taken.size)), 1.5 * min(taken.shape))
    most = max(least, part * side)
    free = np.flatnonzero(~taken)
    for _ in range(_SIZES if len(free) else 0):
        most = float(least * (most / least) ** (rng.random() ** _LARGER))
        blemish = maker(rng, most)
        whole = int(blemish.mask.sum())
        for _ in range(_PLACES):
            centre = divmod(int(free[int(rng.integers(len(free)))]), taken.shape[1])
            on, off = _overlap(centre, taken.shape, blemish.mask.shape)
            mask = blemish.mask[off]
            enough = int(mask.sum()) >= max(_LEAST, _LEFT * whole)
            if (
                enough
                and not np.any(mask & taken[on])
                and np.array_equal(mask, largest_region(mask))
            ):
                return Blemish(mask, blemish.cover[off], blemish.tone[off], blemish.bare), on
    return None


def _overlap(
    centre: tuple[int, int], image: tuple[int, ...], canvas: tuple[int, ...]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """What a canvas and an image share, in coordinates of the image and of the canvas."""
    on, off = [], []
    for middle, room, size in zip(centre, image, canvas, strict=True):
        start = middle - size // 2
        low, high = max(0, start), min(room, start + size)
        on.append(slice(low, high))
        off.append(slice(low - start, high - start))
    return (on[0], on[1]), (off[0], off[1])


def _contrast(
    rng: np.random.Generator, kind: str, blemish: Blemish, level: Field, rough: Field
) -> float:
    """Grey levels by which it changes the surface on average: from hardly seen to clear."""
    mean, texture = float(level[blemish.mask].mean()), float(rough[blemish.mask].mean())
    faint = max(1.2 * texture, 4 + 0.05 * mean)
    clear = max(4.5 * texture, 10 + 0.45 * mean)
    wanted = _BROAD.get(kind, 1.0) * (faint + rng.random() ** 1.3 * (clear - faint))
    brighter = float(blemish.tone[blemish.mask].mean()) > 0
    return float(min(wanted, 0.6 * (255 - mean if brighter else mean)))


def _painted(
    rng: np.random.Generator,
    surface: Field,
    smooth: Field,
    rough: Field,
    blemish: Blemish,
    contrast: float,
) -> Field:
    """The surface, (height, width, channels), with a blemish of so many grey levels in it."""
    gone = (blemish.bare * blemish.cover)[..., None]
    # Under the blemish the grain of the camera and of the metal stays, finer than it was.
    grain = 0.5 * float(rough.mean()) * noise(rng, blemish.mask.shape, (1, 1))
    base = surface + gone * (smooth - surface + grain[..., None])
    # A shadow takes the same part of each colour; films of oil and rust have a hue of their own.
    colour = smooth / np.maximum(smooth.mean(axis=2, keepdims=True), 1)
    if surface.shape[2] == 3:
        colour = colour * rng.uniform(0.8, 1.2, 3).astype(np.float32)
    return np.asarray(base + contrast * blemish.tone[..., None] * colour, np.float32)


def _recoded(rng: np.random.Generator, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """As a JPEG file gives it back: the traces of drawing go the way of all fine detail."""
    quality = int(rng.integers(70, 97))
    coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_UNCHANGED), np.uint8).reshape(image.shape)
