"""Shapes of surface defects, and what each does to the light that the surface sends back."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.synthetic.texture import Field, Shape, noise, relief, soft_step

Points = NDArray[np.float64]
"""A line, (points, 2): down and across in pixels."""

GAP = 9  # pixels kept between two defects, so that each is a region of its own
SMALLEST = 80  # pixels of a defect that is worth a label

_VISIBLE = 0.04  # a relative change of brightness that stands clear of the grain


@dataclass(frozen=True)
class Defect:
    """One defect.

    Attributes:
        mask: (height, width), true where the surface is altered; one 4-connected region.
        gain: (height, width), factor on the surface's brightness; 1 outside the mask.
    """

    mask: NDArray[np.bool_]
    gain: Field


def largest_region(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest 4-connected region of a mask, holes kept."""
    count, regions, stats, _ = cv2.connectedComponentsWithStats(
        mask.astype(np.uint8), connectivity=4
    )
    if count <= 2:
        return mask
    return np.asarray(regions == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])))


def grown(mask: NDArray[np.bool_], pixels: int) -> NDArray[np.bool_]:
    """The mask and all that lies within a square of so many pixels around it."""
    kernel = np.ones((2 * pixels + 1, 2 * pixels + 1), np.uint8)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), kernel) > 0)


def wander(
    rng: np.random.Generator,
    start: tuple[float, float],
    angle: float,
    length: float,
    jag: float,
    *,
    step: float = 4.0,
) -> Points:
    """A line that keeps a direction but is jagged and bends.

    Args:
        rng: where the numbers come from.
        start: first point, down and across.
        angle: direction in radians; 0 runs down, a quarter turn runs to the right.
        length: in pixels.
        jag: standard deviation in pixels by which a point lies beside the line.
        step: pixels between points.
    """
    count = max(3, round(length / step))
    along = np.linspace(0.0, length, count)
    bend = np.cumsum(rng.normal(0, jag * 0.35, count))
    aside = bend - bend[0] + rng.normal(0, jag * 0.5, count)
    down = start[0] + along * np.cos(angle) - aside * np.sin(angle)
    across = start[1] + along * np.sin(angle) + aside * np.cos(angle)
    return np.stack([down, across], axis=1)


def ribbon(canvas: NDArray[np.uint8], points: Points, widths: NDArray[np.float64]) -> None:
    """Draw a line, 255 on a canvas, with a width in pixels for each point and a smooth edge."""
    along = np.gradient(points, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    aside = np.stack([-along[:, 1], along[:, 0]], axis=1) * widths[:, None] / 2
    outline = np.concatenate([points + aside, (points - aside)[::-1]])[:, ::-1]
    polygon = np.round(outline * 16).astype(np.int32)
    cv2.fillPoly(canvas, [polygon], 255, lineType=cv2.LINE_AA, shift=4)


def pit(rng: np.random.Generator, shape: Shape, centre: tuple[float, float]) -> Defect:
    """A cluster of craters grown into one another: dark ragged floors, rims that catch light."""
    count = int(rng.integers(4, 11))
    radii = rng.uniform(3.0, 7.0, count)
    places = np.zeros((count, 2))
    for crater in range(1, count):
        parent = int(rng.integers(crater))
        # Corrosion follows the rolling direction: clusters are longer down than across.
        angle = rng.normal(0, 0.6) + (np.pi if rng.random() < 0.5 else 0.0)
        gap = 0.9 * (radii[parent] + radii[crater])
        places[crater] = places[parent] + gap * np.array([np.cos(angle), np.sin(angle)])
    places += np.asarray(centre) - places.mean(axis=0)
    down, across = np.ogrid[: shape[0], : shape[1]]
    inside = np.full(shape, -9.0, np.float32)  # pixels to the nearest crater's edge, inwards
    for (row, column), radius in zip(places, radii, strict=True):
        far = np.sqrt(((down - row) * 0.9) ** 2 + ((across - column) * 1.2) ** 2)
        inside = np.maximum(inside, (radius - far).astype(np.float32))
    inside += 1.5 * noise(rng, shape, (8, 6), 3, 0.6)
    mask = _filled(largest_region(inside > 0))
    uneven = np.clip(0.75 + 0.35 * noise(rng, shape, (6, 5), 2), 0.2, 1.3)
    floor = soft_step(inside, 0.5, 4.0) * uneven
    slopes = relief(cv2.GaussianBlur(-4.0 * floor, (3, 3), 0.7))
    eroded = -rng.uniform(0.08, 0.2) * soft_step(inside, 0.0, 1.0)
    gain = 1.0 + eroded - rng.uniform(0.35, 0.55) * floor + rng.uniform(0.6, 1.1) * slopes
    return _defect(mask, gain)


def crack(rng: np.random.Generator, shape: Shape, centre: tuple[float, float]) -> Defect:
    """A dark, jagged, near-vertical line with up to three branches and one bright lip."""
    length = rng.uniform(50, 110)
    angle = rng.normal(0, 0.10)
    trunk = wander(rng, (centre[0] - length / 2, centre[1]), angle, length, jag=1.5, step=3.0)
    lines = [(trunk, rng.uniform(4.2, 5.6))]
    for _ in range(int(rng.integers(0, 4))):
        origin = trunk[int(rng.integers(len(trunk) // 5, len(trunk) * 4 // 5))]
        side = rng.choice([-1.0, 1.0]) * rng.uniform(0.35, 0.8)
        branch = wander(
            rng, (origin[0], origin[1]), angle + side, rng.uniform(10, 26), 1.1, step=3.0
        )
        lines.append((branch, rng.uniform(3.0, 3.8)))
    canvas = np.zeros(shape, np.uint8)
    for points, width in lines:
        ribbon(
            canvas, points, width * _taper(len(points), 0.45) * rng.uniform(0.7, 1.3, len(points))
        )
    cover = _soften(canvas)
    mask = largest_region(cover > 0.2)
    depth = soft_step(cover, 0.1, 1.0) * np.clip(1 + 0.2 * noise(rng, shape, (9, 4), 2), 0.5, 1.3)
    lip = np.maximum(cover - np.roll(cover, 2, axis=1), 0.0)
    return _defect(mask, 1.0 - rng.uniform(0.5, 0.75) * depth + rng.uniform(0.2, 0.5) * lip)


def scratch(rng: np.random.Generator, shape: Shape, centre: tuple[float, float]) -> Defect:
    """A long bright line, mostly along the rolling direction, whose width and contrast vary."""
    if rng.random() < 0.6:
        angle, length = rng.normal(0, 0.25), rng.uniform(50, 115)
    else:
        angle, length = rng.uniform(-1.45, 1.45), rng.uniform(60, 170)
    start = (centre[0] - np.cos(angle) * length / 2, centre[1] - np.sin(angle) * length / 2)
    points = wander(rng, start, angle, length, jag=0.25, step=5.0)
    bow = rng.normal(0, 0.05) * length * np.sin(np.linspace(0, np.pi, len(points)))
    points += bow[:, None] * np.array([-np.sin(angle), np.cos(angle)])
    widths = rng.uniform(3.8, 5.6) * _taper(len(points), 0.5) * rng.uniform(0.8, 1.2, len(points))
    canvas = np.zeros(shape, np.uint8)
    ribbon(canvas, points, widths)
    cover = _soften(canvas)
    mask = largest_region(cover > 0.2)
    patchy = np.clip(1.0 + 0.3 * noise(rng, shape, (20, 20), 2), 0.55, 1.6)
    fine = 1 + 0.15 * noise(rng, shape, (2, 2), 1)
    furrow = np.maximum(cover - np.roll(cover, -2, axis=1), 0.0)
    gain = 1.0 + rng.uniform(0.55, 1.0) * soft_step(cover, 0.1, 1.0) * patchy * fine - 0.35 * furrow
    return _defect(mask, gain)


def patch(rng: np.random.Generator, shape: Shape, centre: tuple[float, float]) -> Defect:
    """Scale rolled into the sheet: an irregular blotch, rough like bark, darker or lighter."""
    half = rng.uniform(13, 30), rng.uniform(14, 34)
    down, across = np.ogrid[: shape[0], : shape[1]]
    turn = rng.normal(0, 0.35)
    row, column = down - centre[0], across - centre[1]
    far = np.hypot(
        (row * np.cos(turn) + column * np.sin(turn)) / half[0],
        (column * np.cos(turn) - row * np.sin(turn)) / half[1],
    )
    edge = (1.0 - far).astype(np.float32) + 0.20 * noise(rng, shape, (18, 16), 3, 0.55)
    mask = _filled(largest_region(edge > 0))
    body = soft_step(edge, -0.03, 0.16)
    folds = noise(rng, shape, (rng.uniform(7, 12), rng.uniform(10, 24)), 3, 0.6)
    bark = np.asarray(1.0 - np.abs(folds), np.float32)
    tone = -rng.uniform(0.22, 0.42) if rng.random() < 0.7 else rng.uniform(0.22, 0.40)
    rough = rng.uniform(0.30, 0.55) * np.clip(2.4 * relief(bark), -1.2, 1.4) + 0.07 * bark
    rim = soft_step(edge, -0.03, 0.02) * soft_step(edge, 0.14, 0.05)
    return _defect(mask, 1.0 + body * (tone + rough) - rng.uniform(0.12, 0.3) * rim)


def _taper(count: int, end: float) -> NDArray[np.float64]:
    """Relative widths along a line: 1 in the middle, ``end`` at both ends."""
    return np.asarray(end + (1 - end) * np.sqrt(np.sin(np.linspace(0.0, np.pi, count)).clip(0)))


def _soften(canvas: NDArray[np.uint8]) -> Field:
    return np.asarray(cv2.GaussianBlur(canvas, (5, 5), 0.7), np.float32) / np.float32(255)


def _filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(
        cv2.drawContours(np.zeros(mask.shape, np.uint8), outlines, -1, 1, cv2.FILLED) > 0
    )


def _defect(mask: NDArray[np.bool_], gain: NDArray[np.floating]) -> Defect:
    """Leave the surface beside the mask alone and alter every pixel of the mask visibly."""
    change = np.clip(gain, 0.12, 2.4) - 1.0
    faint = np.abs(change) < _VISIBLE
    change = np.where(faint, np.where(change < 0, -_VISIBLE, _VISIBLE), change)
    return Defect(mask, np.where(mask, 1.0 + change, 1.0).astype(np.float32))
