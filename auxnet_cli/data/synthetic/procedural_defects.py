"""Draws procedural defects of any size: what each covers, and how it changes the light.

Unlike :mod:`strip_defects`, which draws on made-up strip, nothing here knows the surface. A defect
is drawn on a canvas of its own; :mod:`photographs` gives it contrast and a position.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.synthetic.strokes import Points, bow, draw_strokes, largest_region, wander
from auxnet_cli.data.synthetic.texture import Field, noise, relief, soft_step

_MARGIN = 5  # pixels of the canvas around a shape, for soft edges and rims
_HALF = 0.45  # cover from which a pixel counts as defective


@dataclass(frozen=True)
class ProceduralDefect:
    """A defect without a position.

    Attributes:
        mask: (height, width), true where it is; one 4-connected region.
        cover: (height, width), 0-1, how much of a pixel it takes; soft beyond the mask's edge.
        tone: (height, width), change of brightness; over the mask its size is 1 on average.
        bare: 0-1, how far the surface's own texture is gone beneath it.
    """

    mask: NDArray[np.bool_]
    cover: Field
    tone: Field
    bare: float


def pit(rng: np.random.Generator, extent: float) -> ProceduralDefect:
    """Draws a hole or a few in one: darker towards the middle, with a rim that catches light."""
    lobes = 1 if extent < 10 or rng.random() < 0.6 else int(rng.integers(2, 6))
    inside = _blob(rng, extent, lobes, rng.uniform(0.5, 1.0), ragged=rng.uniform(0.0, 0.22))
    soft = rng.uniform(0.6, 1.2)
    cover = soft_step(inside, -soft, soft)
    deep = soft + rng.uniform(0.1, 1.0) * float(inside.max())
    floor = soft_step(inside, -soft, deep)
    uneven = np.clip(1 + rng.uniform(0, 0.35) * noise(rng, floor.shape, (5, 5), 2), 0.3, 1.5)
    rim = rng.uniform(0.0, 0.9) * _lit(rng, -floor) * soft_step(inside, -2.5 - soft, 0.0)
    return _defect(cover, _sign(rng, 0.12) * floor * uneven + rim, rng.uniform(0.5, 1.0))


def crack(rng: np.random.Generator, extent: float) -> ProceduralDefect:
    """Draws a dark, jagged line of varying width, with branches, sometimes with a bright lip."""
    angle = rng.uniform(0, 2 * np.pi)
    jag, step = rng.uniform(0.7, 2.6), rng.uniform(2.5, 4.5)
    width = rng.uniform(1.0, 2.8)
    trunk = wander(rng, (0.0, 0.0), angle, extent, jag, step=step)
    lines = [(trunk, width)]
    for _ in range(int(rng.integers(0, 4)) if extent > 30 else 0):
        row, column = trunk[int(rng.integers(len(trunk)))]
        aside = angle + rng.choice([-1.0, 1.0]) * rng.uniform(0.3, 1.1)
        length = extent * rng.uniform(0.1, 0.35)
        lines.append((wander(rng, (row, column), aside, length, jag, step=step), 0.7 * width))
    cover = _strokes(rng, lines, rough=0.35)
    fading = np.clip(1 + 0.3 * noise(rng, cover.shape, (14, 14), 2), 0.35, 1.5)
    tone = -cover * fading + rng.choice([0.0, 0.5]) * rng.random() * _lit(rng, -cover)
    return _defect(cover, tone, rng.uniform(0.5, 1.0))


def scratch(rng: np.random.Generator, extent: float) -> ProceduralDefect:
    """Draws a straight or bowed line, bright or dark, of uneven contrast; furrows are lit."""
    angle = rng.uniform(0, 2 * np.pi)
    width = rng.uniform(1.0, min(4.0, 1.3 + extent / 20))
    aside = np.array([-np.sin(angle), np.cos(angle)])
    height = rng.normal(0, 0.06) * extent
    lines = []
    for number in range(int(rng.choice([1, 1, 1, 2, 3]))):
        part = extent * (1.0 if number == 0 else rng.uniform(0.3, 0.9))
        points = wander(rng, (0.0, 0.0), angle, part, jag=rng.uniform(0.0, 0.25), step=5.0)
        # Strokes of one slip lie so close that they touch.
        beside = number * 0.8 * width * rng.choice([-1.0, 1.0]) * aside
        lines.append((bow(points, angle, height) + beside, width))
    cover = _strokes(rng, lines, rough=0.2)
    patchy = np.clip(0.9 + 0.35 * noise(rng, cover.shape, (18, 18), 2), 0.35, 1.6)
    fine = 1 + rng.uniform(0, 0.25) * noise(rng, cover.shape, (2, 2))
    furrow = rng.uniform(0, 0.7) * _lit(rng, -cover)
    tone = _sign(rng, 0.65) * cover * patchy * fine + furrow * (rng.random() < 0.5)
    return _defect(cover, tone, rng.uniform(0.2, 0.9))


def patch(rng: np.random.Generator, extent: float) -> ProceduralDefect:
    """Draws a rough, ragged area of another texture, such as scale or a spalled coat."""
    lobes = int(rng.integers(1, 5))
    inside = _blob(rng, extent, lobes, rng.uniform(0.35, 1.0), ragged=rng.uniform(0.12, 0.3))
    soft = rng.uniform(0.6, 2.0)
    cover = soft_step(inside, -soft, soft)
    grain = np.exp(rng.uniform(np.log(2.5), np.log(max(4.0, extent / 4))))
    stretch = rng.uniform(1.0, 2.5)
    grains = (grain * stretch, grain) if rng.random() < 0.5 else (grain, grain * stretch)
    folds = noise(rng, cover.shape, grains, 3, 0.65)
    # Ridged noise looks like bark and scale, plain noise like cloud and rust.
    ridged = np.asarray(1.2 - 2 * np.abs(folds), np.float32)
    body = ridged if rng.random() < 0.5 else np.clip(folds, -2, 2)
    level = _sign(rng, 0.4) * rng.uniform(0.2, 1.0)
    shade = rng.uniform(0.1, 0.45) * body + rng.uniform(0.0, 0.6) * _lit(rng, body)
    edge = rng.uniform(-0.5, 0.3) * soft_step(np.abs(inside), 1.5 + soft, 0.0)
    return _defect(cover, cover * (level + shade) + edge * cover, rng.uniform(0.3, 1.0))


def stain(rng: np.random.Generator, extent: float) -> ProceduralDefect:
    """Draws oil, water or heat, through which the surface shows; some have a tide mark."""
    lobes = int(rng.integers(1, 4))
    inside = _blob(rng, extent, lobes, rng.uniform(0.3, 1.0), ragged=rng.uniform(0.08, 0.3))
    soft = 0.8 + rng.uniform(0.05, 0.6) * float(inside.max())
    cover = soft_step(inside, -soft, soft)
    cloud = 1 + rng.uniform(0.0, 0.3) * noise(rng, cover.shape, (max(4.0, extent / 4),) * 2, 3)
    sign = _sign(rng, 0.3)
    tone = sign * cover * np.clip(cloud, 0.3, 1.7)
    if rng.random() < 0.35:
        wide = max(1.5, rng.uniform(0.1, 0.3) * float(inside.max()))
        broken = np.clip(0.4 + 0.5 * noise(rng, cover.shape, (12, 12), 3), 0, 1)
        tone = rng.uniform(0.4, 0.9) * tone + sign * broken * soft_step(np.abs(inside), wide, 0.0)
    return _defect(cover, tone, rng.uniform(0.0, 0.3))


class Kind(NamedTuple):
    """A kind of procedural defects.

    Attributes:
        draw: draws one, so many pixels long.
        min_extent: the least length, pixels.
        max_part: the largest length as a part of the image's side.
    """

    draw: Callable[[np.random.Generator, float], ProceduralDefect]
    min_extent: float
    max_part: float


KINDS = {
    "scratch": Kind(scratch, 8.0, 1.0),
    "pit": Kind(pit, 3.0, 0.18),
    "crack": Kind(crack, 10.0, 0.8),
    "patch": Kind(patch, 6.0, 0.34),
    "stain": Kind(stain, 8.0, 0.4),
}


def _blob(
    rng: np.random.Generator, extent: float, lobes: int, aspect: float, ragged: float
) -> Field:
    """Returns the pixels to the edge of a chain of ellipses, positive inside; (height, width).

    The whole is ``extent`` pixels long, ``aspect`` is width over length of an ellipse, and noise
    moves the edge by ``ragged`` half widths.
    """
    turn = rng.uniform(0, np.pi)
    centres = np.zeros((lobes, 2))
    sizes = rng.uniform(0.5, 1.0, lobes)
    for lobe in range(1, lobes):
        parent, angle = int(rng.integers(lobe)), rng.uniform(0, 2 * np.pi)
        gap = 0.7 * (sizes[parent] + sizes[lobe])
        centres[lobe] = centres[parent] + gap * np.array([np.cos(angle), aspect * np.sin(angle)])
    low, high = (centres - sizes[:, None]).min(axis=0), (centres + sizes[:, None]).max(axis=0)
    scale = extent / float(max(high - low))
    centres = (centres - (low + high) / 2) * scale
    sizes *= scale
    reach = int(np.ceil(0.8 * extent)) + _MARGIN
    down, across = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    along = down * np.cos(turn) + across * np.sin(turn)
    aside = across * np.cos(turn) - down * np.sin(turn)
    inside = np.full(along.shape, -np.inf, np.float32)
    for (row, column), size in zip(centres, sizes, strict=True):
        far = np.hypot(along - row, (aside - column) / aspect)
        inside = np.maximum(inside, ((size - far) * aspect).astype(np.float32))
    half = float(inside.max())
    wavy = noise(rng, inside.shape, (max(2.0, 0.9 * half),) * 2, 3, 0.6)
    # At least a pixel's heart stays, however thin the shape.
    inside += ragged * half * np.clip(wavy, -2, 2) + max(0.0, 0.9 - half)
    return np.asarray(inside, np.float32)


def _strokes(rng: np.random.Generator, lines: list[tuple[Points, float]], rough: float) -> Field:
    """Draws tapered lines of given widths on a canvas that holds them; returns the cover, 0-1."""
    every = np.concatenate([points for points, _ in lines])
    low, high = np.floor(every.min(axis=0)) - _MARGIN, np.ceil(every.max(axis=0)) + _MARGIN
    canvas = np.zeros((high - low + 1).astype(int), np.uint8)
    draw_strokes(rng, canvas, [(points - low, width) for points, width in lines], rough)
    cover = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.45, 0.9)).astype(np.float32)
    # A line thinner than a pixel never reaches full cover, and would be too faint.
    return np.asarray(cover / max(float(cover.max()), 1.0), np.float32)


def _lit(rng: np.random.Generator, height: Field) -> Field:
    """Returns a relief lit from any side, scaled to at most 1."""
    angle = rng.uniform(0, 2 * np.pi)
    shade = relief(height, (float(np.cos(angle)), float(np.sin(angle))))
    return np.asarray(shade / max(float(np.abs(shade).max()), 1e-6), np.float32)


def _sign(rng: np.random.Generator, bright: float) -> float:
    """Draws 1, brighter, in a share of the draws; else -1."""
    return 1.0 if rng.random() < bright else -1.0


def _defect(cover: Field, tone: NDArray[np.floating], bare: float) -> ProceduralDefect:
    mask = largest_region(cover > _HALF)
    # What is not joined to the mask is no part of the defect, so it must not be seen either.
    near = cv2.dilate(mask.astype(np.uint8), np.ones((7, 7), np.uint8))
    near = cv2.GaussianBlur(near.astype(np.float32), (0, 0), 1.0)
    size = float(np.abs(tone[mask]).mean())
    return ProceduralDefect(mask, cover * near, np.asarray(tone * near / size, np.float32), bare)
