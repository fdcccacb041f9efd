"""Pastes real defects onto other images: cut out, posed, and blended in."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.labels.outlines import Outline
from auxnet_cli.data.labels.warp import warp_instances
from auxnet_cli.data.samples.blending import MARGIN, blend
from auxnet_cli.data.samples.sample import Sample

MAX_GAIN = 2.0
"""A position is refused where the surface is darker or brighter by a larger factor than the
defect's own surroundings: the black beside a strip, a dazzling spot."""

TRIES = 16
RING = 9
"""Pixels: the side of the square that widens a defect to its surroundings."""

SMALL = 0.3
"""The part of an image's side up to which a defect is turned and scaled. A larger one shows the
surface's grain, which must not run across."""

SCALES = (0.7, 1.4)
OPACITIES = (0.6, 1.0)
"""Fainter than real defects, too: the known ones are those that are easily seen."""


@dataclass(frozen=True)
class _Defect:
    """A defect with its surroundings as far as the ring or the blending reaches.

    Attributes:
        patch: (height, width, 3), its pixels.
        mask: (height, width), 0 or 1.
        top, left: where the patch lies on the image, pixels.
        at_border: whether it must keep its row and its column, since the border cuts it off.
        outline: in pixels of the patch; ``None`` if it has none.
    """

    patch: NDArray[np.float32]
    mask: NDArray[np.uint8]
    top: int
    left: int
    at_border: tuple[bool, bool]
    outline: Outline | None

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns of the image."""
        height, width = self.mask.shape
        return np.s_[self.top : self.top + height, self.left : self.left + width]


def paste(
    background: Sample, donor: Sample, rng: np.random.Generator, gradients: float = 0.0
) -> Sample:
    """Blends one defect of ``donor``, drawn by the root of its area, into ``background``.

    Several random poses and positions are tried. The best is where the surface around the defect
    looks most as it did, so that a broken edge lies at an edge again. A defect that the border of
    the image cuts off stays at that border, since the cut is not its edge. The brightness is scaled
    to that of the position, and the edge is soft. Where no position fits, the background stays as
    it is. Both samples have one size. The result has the defect in image, instances and outlines.

    Of the defects that no border cuts off, the part ``gradients`` (0-1) is blended by gradients.
    """
    numbers, areas = np.unique(donor.instances[donor.instances > 0], return_counts=True)
    if not len(numbers):
        return background
    # Beside a large defect, one of a few pixels is often a slip of whoever drew the masks.
    chances = np.sqrt(areas)
    number = int(rng.choice(numbers, p=chances / chances.sum()))
    label = int(np.flatnonzero((donor.instances == number).any(axis=(0, 1)))[0])
    smooth = gradients > 0 and rng.random() < gradients
    defect = _cut_out(donor, number, label, MARGIN if smooth else RING)
    smooth = smooth and not any(defect.at_border)
    tries = [_move(defect, background.image.shape[:2], rng) for _ in range(TRIES)]
    opacity = rng.uniform(*OPACITIES)
    matches = [_match(background.image, moved) for moved in tries]
    best = int(np.argmin([difference for _, difference in matches]))
    gain, difference = matches[best]
    if difference == np.inf:
        return background
    return _blended(background, tries[best], gain, opacity, label, smooth)


def _cut_out(donor: Sample, number: int, label: int, margin: int) -> _Defect:
    mask = (donor.instances[:, :, label] == number).astype(np.uint8)
    x, y, width, height = cv2.boundingRect(cv2.dilate(mask, np.ones((margin, margin), np.uint8)))
    window = np.s_[y : y + height, x : x + width]
    at_border = bool(mask[[0, -1]].any()), bool(mask[:, [0, -1]].any())
    outlines = [
        outline.shifted(-x, -y)
        for outline in donor.outlines
        if outline.number == number and outline.within(*mask.shape)
    ]
    patch = donor.image[window].astype(np.float32)
    return _Defect(patch, mask[window], y, x, at_border, outlines[0] if outlines else None)


def _move(defect: _Defect, room: tuple[int, ...], rng: np.random.Generator) -> _Defect:
    """Draws a pose and a position in an image of (height, width) pixels."""
    if not any(defect.at_border):
        defect = _pose(defect, room, rng)
    height, width = defect.mask.shape
    keep_row, keep_column = defect.at_border
    top = defect.top if keep_row else int(rng.integers(0, room[0] - height + 1))
    left = defect.left if keep_column else int(rng.integers(0, room[1] - width + 1))
    return replace(defect, top=top, left=left)


def _pose(defect: _Defect, room: tuple[int, ...], rng: np.random.Generator) -> _Defect:
    """Turns a small defect by any angle and scales it."""
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
    outline = defect.outline and defect.outline.moved(matrix)
    patch = np.asarray(pixels, np.float32)
    return replace(defect, patch=patch, mask=turned.astype(np.uint8), outline=outline)


def _match(image: NDArray[np.uint8], defect: _Defect) -> tuple[NDArray[np.float32], float]:
    """Compares the surface around a defect with that of its position.

    Returns:
        (3,) factor that brings the patch into the light of the position; and the mean difference
        that is left as a part of the brightness, infinite where the surface is of another kind.
    """
    # Without the defect's rim, which turning blurs.
    mask = defect.mask
    ring = cv2.dilate(mask, np.ones((RING, RING), np.uint8)) > cv2.dilate(mask, np.ones((3, 3)))
    if not ring.any():  # it fills the image
        ring = mask > 0
    around, there = defect.patch[ring] + 1, image[defect.window][ring] + np.float32(1)
    brightness = there.mean(axis=0)
    gain = brightness / around.mean(axis=0)
    fits = gain.min() >= 1 / MAX_GAIN and gain.max() <= MAX_GAIN
    difference = float((np.abs(around * gain - there) / brightness).mean())
    return gain, difference if fits else np.inf


def _blended(
    background: Sample,
    defect: _Defect,
    gain: NDArray[np.float32],
    opacity: float,
    label: int,
    smooth: bool,
) -> Sample:
    image, instances = background.image.copy(), background.instances.copy()
    there = image[defect.window]
    image[defect.window] = blend(defect.patch * gain, defect.mask, there, opacity, smooth)
    number = 1 + max(int(instances.max()), *(outline.number for outline in background.outlines), 0)
    instances[defect.window][:, :, label][defect.mask > 0] = number
    outlines = background.outlines
    if defect.outline is not None:
        moved = defect.outline.shifted(defect.left, defect.top)
        outlines += (replace(moved, number=number),)
    return Sample(image, instances, outlines)
