"""Defects grown on good parts: a real defect, cut out and blended into another image."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.labels.hull import Hull
from auxnet_cli.data.labels.warp import warp_instances
from auxnet_cli.data.samples.sample import Sample

# A place is refused where the surface is darker or brighter by a larger factor than the defect's
# own surroundings: the black beside a strip, a dazzling spot.
MOST_GAIN = 2.0
TRIES = 16
# Pixels: the side of the square that widens a defect to its surroundings.
RING = 9
SMALL = 0.3
SCALES = (0.7, 1.4)
# Fainter than the real ones, too: those found so far are the ones that are easily seen.
OPACITIES = (0.6, 1.0)


def paste(background: Sample, donor: Sample, rng: np.random.Generator) -> Sample:
    """Blend one defect of ``donor``, drawn by the root of its area, into ``background``.

    Of some random poses and places it is the one where the surface around it looks most as it did:
    what broke out of an edge comes to lie at an edge. What the border of the image cuts off stays
    at that border, for the cut is no edge of the defect. Its brightness is scaled to that of the
    place, and its edge is soft. Where no place fits, the background stays as it is. Both samples
    have one size.

    Returns:
        The background with the defect in its image and in its instances.
    """
    numbers, areas = np.unique(donor.instances[donor.instances > 0], return_counts=True)
    if not len(numbers):
        return background
    # Beside a large defect, one of a few pixels is often a slip of whoever drew the masks.
    chances = np.sqrt(areas)
    number = int(rng.choice(numbers, p=chances / chances.sum()))
    label = int(np.flatnonzero((donor.instances == number).any(axis=(0, 1)))[0])
    defect = _cut(donor, number, label)
    tries = [_try(background.image, defect, rng) for _ in range(TRIES)]
    opacity = rng.uniform(*OPACITIES)
    best = min(tries, key=lambda one: one.unlike)
    if best.unlike == np.inf:
        return background
    return _blend(background, best, _soft(best.mask) * opacity, label)


@dataclass(frozen=True)
class _Defect:
    """A defect with its surroundings as far as the ring reaches.

    Attributes:
        patch: (height, width, 3), its pixels.
        mask: (height, width), 0 or 1.
        top, left: where it must lie, pixels; ``None`` if the image's border does not touch it.
        hull: its hull in pixels of the patch, where it has one.
    """

    patch: NDArray[np.float32]
    mask: NDArray[np.uint8]
    top: int | None
    left: int | None
    hull: Hull | None


@dataclass(frozen=True)
class _Try:
    """A defect in a pose at a place.

    Attributes:
        place: rows and columns of the background.
        patch: (height, width, 3), its pixels as they were.
        mask: (height, width), 0 or 1.
        gain: (3,) what brings the patch into the light of the place.
        unlike: mean difference between the surface around it and that of the place, as a part of
            their brightness; infinite where the place is of another kind.
        hull: in pixels of the patch, where it has one.
    """

    place: tuple[slice, slice]
    patch: NDArray[np.float32]
    mask: NDArray[np.uint8]
    gain: NDArray[np.float32]
    unlike: float
    hull: Hull | None


def _try(image: NDArray[np.uint8], defect: _Defect, rng: np.random.Generator) -> _Try:
    if defect.top is None and defect.left is None:
        defect = _pose(defect, image.shape[:2], rng)
    patch, mask = defect.patch, defect.mask
    height, width = mask.shape
    top, left = defect.top, defect.left
    if top is None:
        top = int(rng.integers(0, image.shape[0] - height + 1))
    if left is None:
        left = int(rng.integers(0, image.shape[1] - width + 1))
    place = np.s_[top : top + height, left : left + width]
    # Without the defect's rim, which turning blurs.
    ring = cv2.dilate(mask, np.ones((RING, RING), np.uint8)) > cv2.dilate(mask, np.ones((3, 3)))
    if not ring.any():  # it fills the image
        ring = mask > 0
    own, there = patch[ring] + 1, image[place][ring] + np.float32(1)
    brightness = there.mean(axis=0)
    gain = brightness / own.mean(axis=0)
    unlike = float((np.abs(own * gain - there) / brightness).mean())
    fits = gain.min() >= 1 / MOST_GAIN and gain.max() <= MOST_GAIN
    return _Try(place, patch, mask, gain, unlike if fits else np.inf, defect.hull)


def _soft(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The mask with a fading edge outside it, (height, width, 1), 0-1."""
    soft = np.maximum(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0), mask)
    return np.asarray(soft, np.float32)[:, :, None]


def _cut(donor: Sample, number: int, label: int) -> _Defect:
    mask = (donor.instances[:, :, label] == number).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(cv2.dilate(mask, np.ones((RING, RING), np.uint8)))
    place = np.s_[y : y + height, x : x + width]
    return _Defect(
        patch=donor.image[place].astype(np.float32),
        mask=mask[place],
        top=y if mask[[0, -1]].any() else None,
        left=x if mask[:, [0, -1]].any() else None,
        hull=next(
            (
                Hull(number, label, hull.corners - np.array([x, y], np.float32))
                for hull in donor.hulls
                if hull.number == number and hull.within(*mask.shape)
            ),
            None,
        ),
    )


def _pose(defect: _Defect, room: tuple[int, ...], rng: np.random.Generator) -> _Defect:
    """Turn by any angle and scale a small defect.

    A large one stays as it was: it shows the surface's grain, which must not run across.
    """
    height, width = defect.mask.shape
    if max(height / room[0], width / room[1]) > SMALL:
        return defect
    matrix = cv2.getRotationMatrix2D(
        ((width - 1) / 2, (height - 1) / 2), rng.uniform(-180, 180), rng.uniform(*SCALES)
    )
    reach = np.abs(matrix[:, :2]) @ np.array([width, height])
    wide, high = (int(np.ceil(side)) for side in reach)
    if high > room[0] or wide > room[1]:  # a long one, turned across a strip
        return defect
    matrix[:, 2] += (reach - np.array([width, height])) / 2
    turned = warp_instances(defect.mask.astype(np.uint16), matrix, (high, wide))
    pixels = cv2.warpAffine(defect.patch, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE)
    return replace(
        defect,
        patch=np.asarray(pixels, np.float32),
        mask=turned.astype(np.uint8),
        hull=defect.hull and defect.hull.moved(matrix),
    )


def _blend(background: Sample, pasted: _Try, alpha: NDArray[np.float32], label: int) -> Sample:
    image, instances = background.image.copy(), background.instances.copy()
    mixed = image[pasted.place] * (1 - alpha) + pasted.patch * pasted.gain * alpha
    image[pasted.place] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    number = 1 + max([int(instances.max()), *(hull.number for hull in background.hulls)])
    instances[pasted.place][:, :, label][pasted.mask > 0] = number
    hulls = background.hulls
    if pasted.hull is not None:
        rows, columns = pasted.place
        corner = np.array([columns.start, rows.start], np.float32)
        hulls = (*hulls, Hull(number, label, pasted.hull.corners + corner))
    return replace(background, image=image, instances=instances, hulls=hulls)
