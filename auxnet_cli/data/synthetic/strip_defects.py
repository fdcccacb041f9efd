"""Draws the defects of made-up strip: their shapes, and what each does to the light."""

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.synthetic.scene import Defect
from auxnet_cli.data.synthetic.strokes import blurred, bow, draw_strokes, largest_region, wander
from auxnet_cli.data.synthetic.texture import Field, Shape, noise, relief, soft_step

_VISIBLE = 0.04  # a relative change of brightness that stands clear of the grain


def pit(rng: np.random.Generator, shape: Shape, centre: tuple[float, float]) -> Defect:
    """Draws craters that run into one another: dark ragged floors, rims that catch light."""
    count = int(rng.integers(4, 11))
    radii = rng.uniform(3.0, 7.0, count)
    positions = np.zeros((count, 2))
    for crater in range(1, count):
        parent = int(rng.integers(crater))
        # Corrosion follows the rolling direction: clusters are longer down than across.
        angle = rng.normal(0, 0.6) + (np.pi if rng.random() < 0.5 else 0.0)
        gap = 0.9 * (radii[parent] + radii[crater])
        positions[crater] = positions[parent] + gap * np.array([np.cos(angle), np.sin(angle)])
    positions += np.asarray(centre) - positions.mean(axis=0)
    down, across = np.ogrid[: shape[0], : shape[1]]
    inside = np.full(shape, -9.0, np.float32)  # pixels to the nearest crater's edge, inwards
    for (row, column), radius in zip(positions, radii, strict=True):
        far = np.sqrt(((down - row) * 0.9) ** 2 + ((across - column) * 1.2) ** 2)
        inside = np.maximum(inside, (radius - far).astype(np.float32))
    inside += 1.5 * noise(rng, shape, (8, 6), 3, 0.6)
    mask = _filled(largest_region(inside > 0))
    uneven = np.clip(0.75 + 0.35 * noise(rng, shape, (6, 5), 2), 0.2, 1.3)
    floor = soft_step(inside, 0.5, 4.0) * uneven
    slopes = relief(cv2.GaussianBlur(-4.0 * floor, (3, 3), 0.7))
    eroded = -rng.uniform(0.08, 0.2) * soft_step(inside, 0.0, 1.0)
    gain = 1.0 + eroded - rng.uniform(0.35, 0.55) * floor + rng.uniform(0.6, 1.1) * slopes
    return _visible(mask, gain)


def crack(rng: np.random.Generator, shape: Shape, centre: tuple[float, float]) -> Defect:
    """Draws a dark, jagged, near-vertical line with up to three branches and one bright lip."""
    length = rng.uniform(50, 110)
    angle = rng.normal(0, 0.10)
    trunk = wander(rng, (centre[0] - length / 2, centre[1]), angle, length, jag=1.5, step=3.0)
    lines = [(trunk, rng.uniform(4.2, 5.6))]
    for _ in range(int(rng.integers(0, 4))):
        row, column = trunk[int(rng.integers(len(trunk) // 5, len(trunk) * 4 // 5))]
        side = rng.choice([-1.0, 1.0]) * rng.uniform(0.35, 0.8)
        branch = wander(rng, (row, column), angle + side, rng.uniform(10, 26), 1.1, step=3.0)
        lines.append((branch, rng.uniform(3.0, 3.8)))
    canvas = np.zeros(shape, np.uint8)
    draw_strokes(rng, canvas, lines, rough=0.3)
    cover = blurred(canvas, 5, 0.7)
    mask = largest_region(cover > 0.2)
    depth = soft_step(cover, 0.1, 1.0) * np.clip(1 + 0.2 * noise(rng, shape, (9, 4), 2), 0.5, 1.3)
    lip = np.maximum(cover - np.roll(cover, 2, axis=1), 0.0)
    return _visible(mask, 1.0 - rng.uniform(0.5, 0.75) * depth + rng.uniform(0.2, 0.5) * lip)


def scratch(rng: np.random.Generator, shape: Shape, centre: tuple[float, float]) -> Defect:
    """Draws a long bright line, mostly along the rolling direction, of varying contrast."""
    if rng.random() < 0.6:
        angle, length = rng.normal(0, 0.25), rng.uniform(50, 115)
    else:
        angle, length = rng.uniform(-1.45, 1.45), rng.uniform(60, 170)
    start = (centre[0] - np.cos(angle) * length / 2, centre[1] - np.sin(angle) * length / 2)
    points = wander(rng, start, angle, length, jag=0.25, step=5.0)
    points = bow(points, angle, rng.normal(0, 0.05) * length)
    canvas = np.zeros(shape, np.uint8)
    draw_strokes(rng, canvas, [(points, rng.uniform(3.8, 5.6))], rough=0.2, end=0.5)
    cover = blurred(canvas, 5, 0.7)
    mask = largest_region(cover > 0.2)
    patchy = np.clip(1.0 + 0.3 * noise(rng, shape, (20, 20), 2), 0.55, 1.6)
    fine = 1 + 0.15 * noise(rng, shape, (2, 2), 1)
    furrow = np.maximum(cover - np.roll(cover, -2, axis=1), 0.0)
    gain = 1.0 + rng.uniform(0.55, 1.0) * soft_step(cover, 0.1, 1.0) * patchy * fine - 0.35 * furrow
    return _visible(mask, gain)


def patch(rng: np.random.Generator, shape: Shape, centre: tuple[float, float]) -> Defect:
    """Draws scale rolled into the sheet: a blotch, rough like bark, darker or lighter."""
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
    return _visible(mask, 1.0 + body * (tone + rough) - rng.uniform(0.12, 0.3) * rim)


def _filled(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.asarray(
        cv2.drawContours(np.zeros(mask.shape, np.uint8), outlines, -1, 1, cv2.FILLED) > 0
    )


def _visible(mask: NDArray[np.bool_], gain: NDArray[np.floating]) -> Defect:
    """Leaves the surface beside the mask alone and alters every pixel of the mask visibly."""
    change = np.clip(gain, 0.12, 2.4) - 1.0
    faint = np.abs(change) < _VISIBLE
    change = np.where(faint, np.where(change < 0, -_VISIBLE, _VISIBLE), change)
    altered: Field = np.where(mask, 1.0 + change, 1.0).astype(np.float32)
    return Defect(mask, altered)
