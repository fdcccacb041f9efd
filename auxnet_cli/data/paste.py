"""Defects grown on good parts: a real defect, cut out and blended into another image."""

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.sample import Sample

# A place is refused where the surface differs by more from the defect's own surroundings: the
# black beside a strip, a dazzling spot.
MOST_DIFFERENCE = 60.0
TRIES = 8
RING = 9


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
    mask = (donor.instances[:, :, label] == number).astype(np.uint8)
    around = cv2.dilate(mask, np.ones((RING, RING), np.uint8))
    x, y, width, height = cv2.boundingRect(around)
    patch = donor.image[y : y + height, x : x + width].astype(np.float32)
    mask, around = (part[y : y + height, x : x + width] for part in (mask, around))
    ring = around > mask
    own = patch[ring].mean(axis=0) if ring.any() else patch.reshape(-1, 3).mean(axis=0)
    for _ in range(TRIES):
        top = int(rng.integers(0, background.image.shape[0] - height + 1))
        left = int(rng.integers(0, background.image.shape[1] - width + 1))
        place = np.s_[top : top + height, left : left + width]
        surface = background.image[place].astype(np.float32)
        shift = surface[around > 0].mean(axis=0) - own
        if np.abs(shift).max() <= MOST_DIFFERENCE:
            return _blend(background, place, patch + shift, mask, label)
    return background


def _blend(
    background: Sample,
    place: tuple[slice, slice],
    patch: NDArray[np.float32],
    mask: NDArray[np.uint8],
    label: int,
) -> Sample:
    soft = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.0)
    alpha = np.maximum(soft, mask)[:, :, None]
    image, instances = background.image.copy(), background.instances.copy()
    mixed = image[place] * (1 - alpha) + patch * alpha
    image[place] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8)
    instances[place][:, :, label][mask > 0] = int(instances.max()) + 1
    return Sample(image, instances, background.outlines, background.outline_labels)
