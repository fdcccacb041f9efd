"""Defects grown on good parts: a real defect, cut out and blended into another image."""

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.sample import Sample

# A place is refused where the surface is darker or brighter by a larger factor than the defect's
# own surroundings: the black beside a strip, a dazzling spot.
MOST_GAIN = 2.0
TRIES = 8
RING = 9
SMALL = 0.3
SCALES = (0.7, 1.4)
# Fainter than the real ones, too: those found so far are the ones that are easily seen.
OPACITIES = (0.6, 1.0)


def paste(background: Sample, donor: Sample, rng: np.random.Generator) -> Sample:
    """Blend one defect of ``donor``, drawn at random, into ``background`` at a random place.

    Its brightness is moved by the difference between the surface around it and the surface where it
    comes to lie, and its edge is soft. Where no place fits, the background stays as it is. Both
    samples have one size.

    Returns:
        The background with the defect in its image and in its instances.
    """
    numbers = np.unique(donor.instances[donor.instances > 0])
    if not len(numbers):
        return background
    number = int(rng.choice(numbers))
    label = int(np.flatnonzero((donor.instances == number).any(axis=(0, 1)))[0])
    patch, mask = _pose(*_cut(donor, number, label), background.image.shape[:2], rng)
    around = cv2.dilate(mask, np.ones((RING, RING), np.uint8))
    height, width = mask.shape
    ring = around > mask
    own = patch[ring].mean(axis=0) if ring.any() else patch.reshape(-1, 3).mean(axis=0)
    for _ in range(TRIES):
        top = int(rng.integers(0, background.image.shape[0] - height + 1))
        left = int(rng.integers(0, background.image.shape[1] - width + 1))
        place = np.s_[top : top + height, left : left + width]
        surface = background.image[place].astype(np.float32)
        gain = (surface[around > 0].mean(axis=0) + 1) / (own + 1)
        if gain.min() >= 1 / MOST_GAIN and gain.max() <= MOST_GAIN:
            alpha = _soft(mask) * rng.uniform(*OPACITIES)
            return _blend(background, place, patch * gain, alpha, mask, label)
    return background


def _soft(mask: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The mask with a fading edge outside it, (height, width, 1), 0-1."""
    soft = np.maximum(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0), mask)
    return np.asarray(soft, np.float32)[:, :, None]


def _cut(donor: Sample, number: int, label: int) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """The defect's pixels and mask, with its surroundings as far as the ring reaches."""
    mask = (donor.instances[:, :, label] == number).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(cv2.dilate(mask, np.ones((RING, RING), np.uint8)))
    place = np.s_[y : y + height, x : x + width]
    return donor.image[place].astype(np.float32), mask[place]


def _pose(
    patch: NDArray[np.float32],
    mask: NDArray[np.uint8],
    room: tuple[int, ...],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Turn by any angle and scale a small defect.

    A large one stays as it was: it shows the surface's grain, which must not run across.
    """
    height, width = mask.shape
    if max(height / room[0], width / room[1]) > SMALL:
        return patch, mask
    matrix = cv2.getRotationMatrix2D(
        ((width - 1) / 2, (height - 1) / 2), rng.uniform(-180, 180), rng.uniform(*SCALES)
    )
    reach = np.abs(matrix[:, :2]) @ np.array([width, height])
    wide, high = (int(np.ceil(side)) for side in reach)
    if high > room[0] or wide > room[1]:  # a long one, turned across a strip
        return patch, mask
    matrix[:, 2] += (reach - np.array([width, height])) / 2
    turned = cv2.warpAffine(mask, matrix, (wide, high), flags=cv2.INTER_NEAREST)
    if not turned.any():
        return patch, mask
    pixels = cv2.warpAffine(patch, matrix, (wide, high), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(pixels, np.float32), np.asarray(turned, np.uint8)


def _blend(
    background: Sample,
    place: tuple[slice, slice],
    patch: NDArray[np.float32],
    alpha: NDArray[np.float32],
    mask: NDArray[np.uint8],
    label: int,
) -> Sample:
    image, instances = background.image.copy(), background.instances.copy()
    mixed = image[place] * (1 - alpha) + patch * alpha
    image[place] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    instances[place][:, :, label][mask > 0] = int(instances.max()) + 1
    return Sample(image, instances, background.outlines, background.outline_labels)
