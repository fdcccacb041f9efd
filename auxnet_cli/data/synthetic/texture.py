"""Draws the random fields that surfaces are made of: noise, glints, relief, light and a sensor."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]
"""One number per pixel, (height, width)."""

Shape = tuple[int, int]
"""Height and width in pixels."""


def noise(
    rng: np.random.Generator,
    shape: Shape,
    grain: tuple[float, float],
    octaves: int = 1,
    persistence: float = 0.5,
) -> Field:
    """Returns value noise: random grids, enlarged smoothly and summed, each octave half as coarse.

    The coarsest blotches have the size ``grain``, down and across, in pixels; a long grain makes
    streaks. ``persistence`` is the weight of an octave relative to the coarser one before it. The
    result, (height, width), has mean 0 and standard deviation 1.
    """
    height, width = shape
    total = np.zeros(shape, np.float32)
    for octave in range(octaves):
        cells = [max(1, round(size / 2**octave)) for size in grain]
        rows, columns = math.ceil(height / cells[0]) + 2, math.ceil(width / cells[1]) + 2
        grid = rng.standard_normal((rows, columns), dtype=np.float32)
        if max(cells) > 1:
            size = (columns * cells[1], rows * cells[0])
            grid = cv2.resize(grid, size, interpolation=cv2.INTER_CUBIC)
        top, left = cells[0] // 2 + 1, cells[1] // 2 + 1
        total += persistence**octave * grid[top : top + height, left : left + width]
    total -= total.mean()
    return np.asarray(total / max(float(total.std()), 1e-6), np.float32)


def soft_step(field: NDArray[np.floating], start: float, end: float) -> Field:
    """Returns 0 before ``start``, 1 past ``end``, smooth between; falls where ``start > end``."""
    ramp = np.clip((field - start) / (end - start), 0.0, 1.0)
    return np.asarray(ramp * ramp * (3.0 - 2.0 * ramp), np.float32)


def glints(rng: np.random.Generator, shape: Shape, density: Field) -> Field:
    """Returns tiny bright specks, 0 to 1; ``density`` is the share of pixels that hold one."""
    specks = np.where(rng.random(shape, dtype=np.float32) < density, 1.0, 0.0).astype(np.float32)
    specks *= rng.random(shape, dtype=np.float32)
    return np.asarray(cv2.GaussianBlur(specks, (3, 3), 0.6) * 2.0, np.float32)


def relief(height: Field, towards: tuple[float, float] = (-0.85, -0.5)) -> Field:
    """Returns how much brighter a slope looks: the rise of ``height`` away from a low lamp.

    Heights are in pixels, positive above the surface; the lamp lies ``towards``, down and across.
    """
    down = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3, scale=0.125)
    across = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3, scale=0.125)
    return np.asarray(-(down * towards[0] + across * towards[1]), np.float32)


def uneven_light(rng: np.random.Generator, shape: Shape, fall: float) -> Field:
    """Returns the light of lamps that do not light evenly, a factor of about 1.

    It has a tilt and darker corners; ``fall`` is the largest share lost at an edge, 0 to 1.
    """
    down = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]
    tilt = rng.uniform(-0.5, 0.5) * fall * down + rng.uniform(-1, 1) * fall * across
    centre = rng.uniform(-0.4, 0.4)
    corners = rng.uniform(0.2, 1.0) * fall * 0.5 * ((across - centre) ** 2 + 0.5 * down**2)
    return np.asarray(np.maximum(1.0 + tilt - corners, 0.1), np.float32)


def sensor(rng: np.random.Generator, image: NDArray[np.float32], read: float) -> NDArray[np.uint8]:
    """Returns what a camera makes of light: shot and read noise, saturation, 8 bits.

    1 is full scale, also of ``read``, the standard deviation of the noise in the dark.
    """
    grain = rng.standard_normal(image.shape, dtype=np.float32)
    level = np.maximum(image, 0.0)
    noisy = image + grain * np.sqrt(read**2 + 0.0004 * level)
    return np.asarray(np.clip(noisy * 255.0 + 0.5, 0, 255), np.uint8)
