"""Draws lines of varying width, and keeps regions whole and apart."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.synthetic.texture import Field

Points = NDArray[np.float64]
"""A line, (points, 2): down and across in pixels."""

GAP = 9
"""Pixels kept between two defects, so that each is a region of its own."""


def wander(
    rng: np.random.Generator,
    start: tuple[float, float],
    angle: float,
    length: float,
    jag: float,
    *,
    step: float = 4.0,
) -> Points:
    """Returns a line that keeps a direction but is jagged and bends.

    It begins at ``start``, down and across. An angle of 0 radians runs down, a quarter turn to the
    right; ``jag`` is the standard deviation by which points, ``step`` pixels apart, lie beside it.
    """
    count = max(3, round(length / step))
    along = np.linspace(0.0, length, count)
    bend = np.cumsum(rng.normal(0, jag * 0.35, count))
    aside = bend - bend[0] + rng.normal(0, jag * 0.5, count)
    down = start[0] + along * np.cos(angle) - aside * np.sin(angle)
    across = start[1] + along * np.sin(angle) + aside * np.cos(angle)
    return np.stack([down, across], axis=1)


def bow(points: Points, angle: float, height: float) -> Points:
    """Bends a line of a direction in radians, so that its middle lies ``height`` pixels aside."""
    aside = np.array([-np.sin(angle), np.cos(angle)])
    heights = height * np.sin(np.linspace(0, np.pi, len(points)))
    return np.asarray(points + heights[:, None] * aside)


def ribbon(canvas: NDArray[np.uint8], points: Points, widths: NDArray[np.float64]) -> None:
    """Draws a line, 255 on a canvas, with a width in pixels for each point and a smooth edge."""
    along = np.gradient(points, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1) * widths[:, None] / 2
    outline = np.concatenate([points + aside, (points - aside)[::-1]])[:, ::-1]
    polygon = np.round(outline * 16).astype(np.int32)
    cv2.fillPoly(canvas, [polygon], 255, lineType=cv2.LINE_AA, shift=4)


def draw_strokes(
    rng: np.random.Generator,
    canvas: NDArray[np.uint8],
    lines: Iterable[tuple[Points, float]],
    rough: float,
    end: float = 0.45,
    least: float = 0.9,
) -> None:
    """Draws lines, each of a width in pixels in its middle, 255 on a (height, width) canvas.

    The width varies from point to point by the part ``rough``, is the part ``end`` of the middle's
    at the ends, and nowhere falls below ``least`` pixels.
    """
    for points, width in lines:
        count = len(points)
        taper = end + (1 - end) * np.sqrt(np.sin(np.linspace(0.0, np.pi, count)).clip(0))
        widths = width * taper * rng.uniform(1 - rough, 1 + rough, count)
        ribbon(canvas, points, np.maximum(widths, least))


def blurred(canvas: NDArray[np.uint8], size: int, sigma: float) -> Field:
    """Returns a canvas of 0-255 as 0-1, blurred over ``size`` pixels."""
    soft = cv2.GaussianBlur(canvas, (size, size), sigma)
    return np.asarray(soft, np.float32) / np.float32(255)


def largest_region(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Returns the largest 4-connected region of a mask, holes kept."""
    count, regions, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=4
    )
    if count <= 2:
        return mask
    return np.asarray(regions == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])))


def widen(mask: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    """Returns the mask and all that lies within a square of so many pixels around it."""
    kernel = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)
