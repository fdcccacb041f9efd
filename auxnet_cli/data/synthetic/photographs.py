"""Draws procedural defects onto photographs.

The contrast is relative to the surface where a defect comes to lie: from hardly more than its
texture to clear. So brightness alone does not tell defects; a network must look at texture.
"""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.data.synthetic.procedural_defects import KINDS, ProceduralDefect
from auxnet_cli.data.synthetic.strokes import GAP, largest_region, widen
from auxnet_cli.data.synthetic.texture import Field, noise

CLASSES = tuple(KINDS)

_COUNTS = (0.25, 0.30, 0.22, 0.14, 0.09)  # share of the images with 0, 1, 2, 3 and 4 defects
_SIZES, _POSITIONS = 3, 6  # tries
_LARGER = 0.75  # below 1, large ones are somewhat likelier than small ones
_NEAR = 15  # pixels of the neighbourhood that a contrast is relative to
_DARK, _DAZZLE = 14, 246  # grey levels beyond which there is no surface to see
_LEAST = 4  # pixels of a defect
_LEFT = 0.6  # part of a defect that must lie in the image
_BROAD = {"patch": 0.75, "stain": 0.6}  # large areas are seen at less contrast than thin lines
_RECODED = 0.5  # share of the images that go through a JPEG file


def draw_defects(photo: Sample, rng: np.random.Generator) -> Sample:
    """Draws 0-4 procedural defects of ``CLASSES``, with exact masks, onto a photo of any classes.

    Its own defects stay as they are, away from the new ones, and are not in the truth returned.
    Where a defect fits nowhere (black background, own defects everywhere), it is left out.
    """
    grey = bool((photo.image[..., :1] == photo.image).all())
    surface = photo.image[..., : 1 if grey else 3].astype(np.float32)
    smooth = cv2.blur(surface, (_NEAR, _NEAR)).reshape(surface.shape)
    detail = (surface - smooth).mean(axis=2)
    rough = np.sqrt(cv2.blur(detail * detail, (_NEAR, _NEAR)))
    level = cv2.blur(surface.mean(axis=2), (5, 5))  # single pixels may well be black
    taken = widen(_known_defects(photo), GAP) | (level < _DARK) | (level > _DAZZLE)
    instances = np.zeros((*level.shape, len(CLASSES)), np.uint16)
    number = 0
    for _ in range(int(rng.choice(len(_COUNTS), p=_COUNTS))):
        label = int(rng.integers(len(CLASSES)))
        placed = _placed(rng, label, taken)
        if placed is None:
            continue
        defect, area = placed
        contrast = _contrast(rng, CLASSES[label], defect, smooth[area].mean(axis=2), rough[area])
        surface[area] = _painted(rng, surface[area], smooth[area], rough[area], defect, contrast)
        number += 1
        instances[area][..., label][defect.mask] = number
        taken |= widen(instances[..., label] == number, GAP)
    image = np.clip(np.rint(surface), 0, 255).astype(np.uint8)
    if rng.random() < _RECODED:
        # The traces of drawing go the way of all fine detail.
        quality = int(rng.integers(70, 97))
        coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
        image = np.asarray(cv2.imdecode(coded, cv2.IMREAD_UNCHANGED)).reshape(image.shape)
    return Sample(np.repeat(image, 3, axis=2) if grey else image, instances)


def _known_defects(photo: Sample) -> NDArray[np.bool_]:
    """Returns where the photo's own defects lie, (height, width)."""
    known = photo.instances.any(axis=2).astype(np.uint8)
    for outline in photo.outlines:
        if not outline.number:
            cv2.fillConvexPoly(known, np.rint(outline.corners).astype(np.int32), 1)
    return np.asarray(known > 0)


def _placed(
    rng: np.random.Generator, label: int, taken: NDArray[np.bool_]
) -> tuple[ProceduralDefect, tuple[slice, slice]] | None:
    """Draws a defect, cut to the image, and where it lies.

    Sizes are drawn octave by octave; where one fits nowhere, a smaller one is tried.
    """
    kind = KINDS[CLASSES[label]]
    least = kind.min_extent
    side = min(float(np.sqrt(taken.size)), 1.5 * min(taken.shape))
    extent = max(least, kind.max_part * side)
    free = np.flatnonzero(~taken)
    for _ in range(_SIZES if len(free) else 0):
        extent = float(least * (extent / least) ** (rng.random() ** _LARGER))
        defect = kind.draw(rng, extent)
        enough = max(_LEAST, _LEFT * int(defect.mask.sum()))
        for _ in range(_POSITIONS):
            centre = divmod(int(free[int(rng.integers(len(free)))]), taken.shape[1])
            area, part = _overlap(centre, taken.shape, defect.mask.shape)
            mask = defect.mask[part]
            fits = int(mask.sum()) >= enough and not np.any(mask & taken[area])
            if fits and np.array_equal(mask, largest_region(mask)):
                cut = replace(defect, mask=mask, cover=defect.cover[part], tone=defect.tone[part])
                return cut, area
    return None


def _overlap(
    centre: tuple[int, int], image: tuple[int, ...], canvas: tuple[int, ...]
) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Returns what a canvas and an image share, as slices of the image and of the canvas."""
    area, part = [], []
    for middle, room, size in zip(centre, image, canvas, strict=True):
        start = middle - size // 2
        low, high = max(0, start), min(room, start + size)
        area.append(slice(low, high))
        part.append(slice(low - start, high - start))
    return (area[0], area[1]), (part[0], part[1])


def _contrast(
    rng: np.random.Generator, kind: str, defect: ProceduralDefect, level: Field, rough: Field
) -> float:
    """Draws the grey levels by which it changes the surface: from hardly seen to clear."""
    mean, texture = float(level[defect.mask].mean()), float(rough[defect.mask].mean())
    faint = max(1.2 * texture, 4 + 0.05 * mean)
    clear = max(4.5 * texture, 10 + 0.45 * mean)
    wanted = _BROAD.get(kind, 1.0) * (faint + rng.random() ** 1.3 * (clear - faint))
    brighter = float(defect.tone[defect.mask].mean()) > 0
    return float(min(wanted, 0.6 * (255 - mean if brighter else mean)))


def _painted(
    rng: np.random.Generator,
    surface: Field,
    smooth: Field,
    rough: Field,
    defect: ProceduralDefect,
    contrast: float,
) -> Field:
    """Returns the surface, (height, width, channels), with a defect of so many grey levels."""
    gone = (defect.bare * defect.cover)[..., None]
    # Under the defect the grain of the camera and of the metal stays, finer than it was.
    grain = 0.5 * float(rough.mean()) * noise(rng, defect.mask.shape, (1, 1))
    base = surface + gone * (smooth - surface + grain[..., None])
    # A shadow takes the same part of each colour; films of oil and rust have a hue of their own.
    colour = smooth / np.maximum(smooth.mean(axis=2, keepdims=True), 1)
    if surface.shape[2] == 3:
        colour = colour * rng.uniform(0.8, 1.2, 3).astype(np.float32)
    return np.asarray(base + contrast * defect.tone[..., None] * colour, np.float32)
