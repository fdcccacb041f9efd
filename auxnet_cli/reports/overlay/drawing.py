"""The overlay: the findings drawn on the image, so that a person sees them at a glance."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Inspection, areas
from auxnet_cli.reports.overlay.fonts import legible
from auxnet_cli.reports.overlay.lettering import Picture, write
from auxnet_cli.reports.overlay.name_plates import Plate, Rectangle, place_plates
from auxnet_cli.reports.overlay.verdict_band import verdict_band
from auxnet_cli.reports.palette import BAND, BLACK, WHITE, Colour, colour_of

OPACITY = 0.3
SMALL, NARROWEST = 640, 480


def draw(
    image: NDArray[np.uint8], inspection: Inspection, truth: NDArray[np.bool_] | None = None
) -> Picture:
    """Draw the findings on an image, under a band with the verdict and the class scores.

    Images shorter than 640 pixels are enlarged a whole number of times.

    Args:
        image: (height, width, 3) RGB.
        inspection: the findings, of the same height and width.
        truth: (height, width, classes) bool; drawn beside the findings, or below on a wide image.

    Returns:
        An RGB picture, wider and higher than the image.
    """
    framed, scale = _framed(image, SMALL)
    panels = [_defects(framed, inspection, scale)]
    if truth is not None:
        shown = _paint(framed, truth, scale)
        panels = [_titled(panels[0], "found", scale), _titled(shown, "truth", scale)]
    picture = _joined(panels, gap=scale.letters // 2)
    missing = NARROWEST - picture.shape[1]
    if missing > 0:
        left, right = missing // 2, missing - missing // 2
        picture = cv2.copyMakeBorder(picture, 0, 0, left, right, cv2.BORDER_CONSTANT, value=BAND)
    return np.vstack([verdict_band(inspection, picture.shape[1], scale.letters), picture])


def draw_defects(
    image: NDArray[np.uint8], inspection: Inspection, side: int = SMALL, scored: bool = True
) -> Picture:
    """The image with its masks, boxes and their labels, without the band of :func:`draw`.

    Args:
        image: (height, width, 3) RGB.
        inspection: the findings, of the same height and width.
        side: the picture is enlarged a whole number of times until its longer side is as many
            pixels.
        scored: whether boxes bear their score; those of the truth have none.
    """
    framed, scale = _framed(image, side)
    return _defects(framed, inspection, scale, scored)


def _framed(image: NDArray[np.uint8], side: int) -> "tuple[Picture, _Scale]":
    """The image, enlarged if it is small, with a border."""
    height, width = image.shape[:2]
    factor = max(1, -(-side // max(height, width)))
    scale = _Scale(factor, max(15, round(factor * max(height, width) / 72)))
    large = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    edge = scale.frame
    framed = cv2.copyMakeBorder(large, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=BAND)
    return framed, scale


@dataclass(frozen=True)
class _Scale:
    """How pixels of the image become pixels of the picture.

    Attributes:
        factor: enlargement.
        letters: height of the verdict's letters, pixels of the picture.
    """

    factor: int
    letters: int

    @property
    def line(self) -> int:
        """Width of lines."""
        return max(1, self.letters // 10)

    @property
    def frame(self) -> int:
        """Border around the image, where the box of a defect at its edge finds room."""
        return 4 * self.line + 2

    def place(self, value: float) -> int:
        """A coordinate of the image in the framed picture."""
        return round(value * self.factor) + self.frame

    def enlarge(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A mask of the image, enlarged and framed."""
        if self.factor > 1:
            mask = mask.repeat(self.factor, axis=0).repeat(self.factor, axis=1)
        height, width = mask.shape
        framed = np.zeros((height + 2 * self.frame, width + 2 * self.frame), np.bool_)
        framed[self.frame : -self.frame, self.frame : -self.frame] = mask
        return framed


def _defects(image: Picture, inspection: Inspection, scale: _Scale, scored: bool = True) -> Picture:
    """The image with masks, boxes and their labels."""
    defects = np.zeros(image.shape[:2], np.bool_)
    picture = image.copy()
    plates: list[Plate] = []
    if inspection.masks is not None:
        picture = _paint(image, inspection.masks, scale)
        # One found class after the other: a tenth of the time of NumPy's any() over the short axis.
        for label in np.flatnonzero(inspection.areas):
            defects |= scale.enlarge(inspection.masks[:, :, label])
    boxes, names = inspection.confident_boxes, legible(inspection.classes)
    for box in reversed(boxes):
        left, top = scale.place(box.x), scale.place(box.y)
        right, bottom = scale.place(box.x + box.width), scale.place(box.y + box.height)
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


def _box(picture: Picture, inside: Rectangle, colour: Colour, line: int) -> Rectangle:
    """Draw a box in a dark rim, outside of the defect, which may be smaller than a line is wide.

    Returns:
        Its outer edges.
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
    """Plates for the classes that have a mask but no box, at their largest region."""
    plates = []
    assert inspection.masks is not None
    for label, name in enumerate(legible(inspection.classes)):
        if label in boxed or not inspection.areas[label]:
            continue
        mask = inspection.masks[:, :, label].astype(np.uint8)
        # Where the class is, alone: defects are small beside their image.
        x0, y0, wide, high = cv2.boundingRect(mask)
        _, _, regions, _ = cv2.connectedComponentsWithStats(mask[y0 : y0 + high, x0 : x0 + wide])
        x, y, width, height, _ = max(regions[1:].tolist(), key=lambda region: region[4])
        x, y = x + x0, y + y0
        left, top, gap = scale.place(x), scale.place(y), 2 * scale.line
        right, bottom = scale.place(x + width), scale.place(y + height)
        target = (left - gap, top - gap, right + gap, bottom + gap)
        plates.append(Plate(name, colour_of(label), target))
    return plates


def _paint(image: Picture, masks: NDArray[np.bool_], scale: _Scale) -> Picture:
    """Tint each class's mask and draw its outline just outside of it."""
    painted = image.copy()
    reach = 2 * scale.line + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    outlines = []
    for label, area in enumerate(areas(masks)):
        if not area:
            continue
        mask = scale.enlarge(masks[:, :, label]).view(np.uint8)
        x, y, width, height = cv2.boundingRect(mask)
        place = np.s_[  # the mask and its outline: the frame has room for it
            y - scale.line : y + height + scale.line, x - scale.line : x + width + scale.line
        ]
        mask = mask[place]
        cv2.copyTo(cv2.LUT(painted[place], _tint(label)), mask, painted[place])
        outlines.append((label, place, cv2.dilate(mask, kernel) & ~mask))
    for label, place, outline in outlines:
        colour = np.full_like(painted[place], colour_of(label))
        cv2.copyTo(colour, outline, painted[place])
    return painted


@cache
def _tint(label: int) -> NDArray[np.uint8]:
    """(1, 256, 3), what a class makes of each grey level of each colour."""
    levels = (1 - OPACITY) * np.arange(256)[:, None] + OPACITY * np.array(colour_of(label))
    return levels.round().astype(np.uint8)[None]


def _titled(panel: Picture, title: str, scale: _Scale) -> Picture:
    letters = scale.letters
    strip = np.full((round(1.5 * letters), panel.shape[1], 3), BAND, np.uint8)
    write(strip, title, (letters // 2, strip.shape[0] // 2), round(0.8 * letters), WHITE)
    return np.vstack([strip, panel])


def _joined(panels: list[Picture], gap: int) -> Picture:
    """Side by side; one above the other where the image is wide."""
    height, width = panels[0].shape[:2]
    along = 0 if width > 1.6 * height else 1
    shape = (gap, width, 3) if along == 0 else (height, gap, 3)
    parts: list[Any] = [panels[0]]
    for panel in panels[1:]:
        parts += [np.full(shape, BAND, np.uint8), panel]
    return np.concatenate(parts, axis=along)
