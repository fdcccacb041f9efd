"""Draws overlays: an image with what a model found in it, seen at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Inspection, areas
from auxnet_cli.reports.overlay.fonts import legible
from auxnet_cli.reports.overlay.lettering import Picture, write
from auxnet_cli.reports.overlay.name_plates import Plate, Rectangle, place_plates
from auxnet_cli.reports.overlay.verdict_band import verdict_band
from auxnet_cli.reports.palette import BAND, BLACK, NEW, WHITE, Colour, colour_of

OPACITY = 0.3
SMALL, NARROWEST = 640, 480


def draw(
    image: NDArray[np.uint8], inspection: Inspection, truth: NDArray[np.bool_] | None = None
) -> Picture:
    """Draws masks and boxes on an image, under a band with the verdict and the class scores.

    Where the image is new to the memory of good parts, what is new in it and no known defect is
    marked.

    Images shorter than 640 pixels are enlarged a whole number of times.

    Args:
        image: (height, width, 3) RGB.
        inspection: what the model found, of the same height and width.
        truth: (height, width, classes) bool, the true masks, drawn beside, or below a wide image.

    Returns:
        An RGB picture, wider and higher than the image.
    """
    framed, scale = _framed(image, SMALL)
    panels = [_panel(framed, inspection, scale)]
    if truth is not None:
        true = _paint(framed, truth, scale)
        panels = [_titled(panels[0], "found", scale), _titled(true, "truth", scale)]
    picture = _joined(panels, gap=scale.letters // 2)
    missing = NARROWEST - picture.shape[1]
    if missing > 0:
        left, right = missing // 2, missing - missing // 2
        picture = cv2.copyMakeBorder(picture, 0, 0, left, right, cv2.BORDER_CONSTANT, value=BAND)
    return np.vstack([verdict_band(inspection, picture.shape[1], scale.letters), picture])


def draw_defects(
    image: NDArray[np.uint8], inspection: Inspection, side: int = SMALL, scored: bool = True
) -> Picture:
    """Draws masks, boxes and their names on an RGB image, without the band of :func:`draw`.

    Images whose longer side is below ``side`` pixels are enlarged a whole number of times. True
    boxes have no scores to write (``scored``).
    """
    framed, scale = _framed(image, side)
    return _panel(framed, inspection, scale, scored)


def _framed(image: NDArray[np.uint8], side: int) -> "tuple[Picture, _Scale]":
    """Returns the image, enlarged if it is small, with a border."""
    height, width = image.shape[:2]
    factor = max(1, -(-side // max(height, width)))
    scale = _Scale(factor, max(15, round(factor * max(height, width) / 72)))
    large = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    edge = scale.frame
    framed = cv2.copyMakeBorder(large, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=BAND)
    return framed, scale


@dataclass(frozen=True)
class _Scale:
    """Converts pixels of the image into pixels of the picture.

    Attributes:
        factor: by how much the image is enlarged.
        letters: height of the verdict's letters, pixels of the picture.
    """

    factor: int
    letters: int

    @property
    def line(self) -> int:
        """Width of lines, pixels."""
        return max(1, self.letters // 10)

    @property
    def frame(self) -> int:
        """Border around the image, with room for the box of a defect at its edge, pixels."""
        return 4 * self.line + 2

    def to_picture(self, value: float) -> int:
        """Returns where a coordinate of the image lies in the framed picture."""
        return round(value * self.factor) + self.frame

    def enlarge(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Returns a mask of the image, enlarged and framed."""
        if self.factor > 1:
            mask = mask.repeat(self.factor, axis=0).repeat(self.factor, axis=1)
        height, width = mask.shape
        framed = np.zeros((height + 2 * self.frame, width + 2 * self.frame), np.bool_)
        framed[self.frame : -self.frame, self.frame : -self.frame] = mask
        return framed


def _panel(image: Picture, inspection: Inspection, scale: _Scale, scored: bool = True) -> Picture:
    """Returns the image with masks, boxes and their names."""
    defects = np.zeros(image.shape[:2], np.bool_)
    picture = image.copy()
    plates: list[Plate] = []
    new = _unexplained(inspection)
    if new is not None:
        picture = _painted(picture, [(NEW, new)], scale)
        text = f"new {inspection.novelty:.2f}" if scored else "new"
        plates.append(Plate(text, NEW, _largest_region(new.view(np.uint8), scale)))
    if inspection.masks is not None:
        picture = _paint(picture, inspection.masks, scale)
        # Class by class, which takes a tenth of the time of NumPy's any() over the short axis.
        for label in np.flatnonzero(inspection.areas):
            defects |= scale.enlarge(inspection.masks[:, :, label])
    boxes, names = inspection.confident_boxes, legible(inspection.classes)
    for box in reversed(boxes):
        left, top = scale.to_picture(box.x), scale.to_picture(box.y)
        right, bottom = scale.to_picture(box.x + box.width), scale.to_picture(box.y + box.height)
        if inspection.masks is None:
            defects[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
        outside = _box(picture, (left, top, right, bottom), colour_of(box.label), scale.line)
        name = names[box.label]
        text = f"{name} {box.score:.2f}" if scored else name
        plates.insert(0, Plate(text, colour_of(box.label), outside))
    if inspection.masks is not None:
        plates += _mask_plates(inspection, {box.label for box in boxes}, scale)
    place_plates(picture, plates, defects, max(13, round(0.75 * scale.letters)))
    return picture


def _unexplained(inspection: Inspection) -> NDArray[np.bool_] | None:
    """Returns the new regions of an image, (height, width), that no mask or counting box touches.

    Known defects are far from good parts, too; marked as new they would be taken for another kind.
    """
    if not inspection.new or inspection.novelty_map is None:
        return None
    new = (inspection.novelty_map >= inspection.novelty_threshold).astype(np.uint8)
    known = np.zeros(new.shape, np.bool_)
    for label in np.flatnonzero(inspection.areas):
        assert inspection.masks is not None
        known |= inspection.masks[:, :, label]
    for box in inspection.confident_boxes:
        left, top = max(0, int(box.x)), max(0, int(box.y))
        known[top : ceil(box.y + box.height), left : ceil(box.x + box.width)] = True
    _, regions = cv2.connectedComponents(new)
    left_over = (new > 0) & ~np.isin(regions, regions[known])
    return left_over if left_over.any() else None


def _box(picture: Picture, inside: Rectangle, colour: Colour, line: int) -> Rectangle:
    """Draws a box with dark rims around a defect, which may be smaller than a line is wide.

    Returns:
        The outer edges of the box.
    """
    rim = max(1, line // 2)
    for width, paint in ((line, None), (rim, BLACK), (line + 1, colour), (rim, BLACK)):
        left, top, right, bottom = inside
        outside = left - width, top - width, right + width, bottom + width
        if paint is not None:
            x0, y0, x1, y1 = (max(0, side) for side in outside)
            picture[y0 : max(0, top), x0:x1] = paint
            picture[max(0, bottom) : y1, x0:x1] = paint
            picture[y0:y1, x0 : max(0, left)] = paint
            picture[y0:y1, max(0, right) : x1] = paint
        inside = outside
    return inside


def _mask_plates(inspection: Inspection, boxed: set[int], scale: _Scale) -> list[Plate]:
    """Returns plates for the classes with a mask but no box, at their largest region."""
    plates = []
    assert inspection.masks is not None
    for label, name in enumerate(legible(inspection.classes)):
        if label in boxed or not inspection.areas[label]:
            continue
        mask = inspection.masks[:, :, label].astype(np.uint8)
        plates.append(Plate(name, colour_of(label), _largest_region(mask, scale)))
    return plates


def _largest_region(mask: NDArray[np.uint8], scale: _Scale) -> Rectangle:
    """Returns the rectangle around the largest region of a mask, pixels of the picture."""
    # Only where the mask is, because defects are small beside their image.
    x0, y0, wide, high = cv2.boundingRect(mask)
    _, _, regions, _ = cv2.connectedComponentsWithStats(mask[y0 : y0 + high, x0 : x0 + wide])
    x, y, width, height, _ = max(regions[1:].tolist(), key=lambda region: region[4])
    x, y = x + x0, y + y0
    left, top, gap = scale.to_picture(x), scale.to_picture(y), 2 * scale.line
    right, bottom = scale.to_picture(x + width), scale.to_picture(y + height)
    return left - gap, top - gap, right + gap, bottom + gap


def _paint(image: Picture, masks: NDArray[np.bool_], scale: _Scale) -> Picture:
    """Paints the mask of each class in its colour."""
    shown = (label for label, area in enumerate(areas(masks)) if area)
    return _painted(image, [(colour_of(label), masks[:, :, label]) for label in shown], scale)


def _painted(
    image: Picture, regions: Sequence[tuple[Colour, NDArray[np.bool_]]], scale: _Scale
) -> Picture:
    """Tints regions, none of them empty, and draws their outlines just outside of them."""
    painted = image.copy()
    reach = 2 * scale.line + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    outlines = []
    for colour, region in regions:
        mask = scale.enlarge(region).view(np.uint8)
        x, y, width, height = cv2.boundingRect(mask)
        window = np.s_[  # the mask and its outline, for which the frame has room
            y - scale.line : y + height + scale.line, x - scale.line : x + width + scale.line
        ]
        mask = mask[window]
        cv2.copyTo(cv2.LUT(painted[window], _tint(colour)), mask, painted[window])
        outlines.append((colour, window, cv2.dilate(mask, kernel) & ~mask))
    for colour, window, outline in outlines:
        cv2.copyTo(np.full_like(painted[window], colour), outline, painted[window])
    return painted


@cache
def _tint(colour: Colour) -> NDArray[np.uint8]:
    """Returns (1, 256, 3), the tinted value of each level of each colour channel."""
    levels = (1 - OPACITY) * np.arange(256)[:, None] + OPACITY * np.array(colour)
    return levels.round().astype(np.uint8)[None]


def _titled(panel: Picture, title: str, scale: _Scale) -> Picture:
    letters = scale.letters
    strip = np.full((round(1.5 * letters), panel.shape[1], 3), BAND, np.uint8)
    write(strip, title, (letters // 2, strip.shape[0] // 2), round(0.8 * letters), WHITE)
    return np.vstack([strip, panel])


def _joined(panels: list[Picture], gap: int) -> Picture:
    """Returns panels side by side; one above the other if they are wide."""
    height, width = panels[0].shape[:2]
    axis = 0 if width > 1.6 * height else 1
    shape = (gap, width, 3) if axis == 0 else (height, gap, 3)
    parts = [part for panel in panels for part in (np.full(shape, BAND, np.uint8), panel)]
    return np.concatenate(parts[1:], axis=axis)
