"""Makes up rolled steel strip: grey, lit unevenly, seen by a line camera."""

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.synthetic.scene import Defect, Look, Scene
from auxnet_cli.data.synthetic.strip_defects import crack, patch, pit, scratch
from auxnet_cli.data.synthetic.strokes import GAP, widen
from auxnet_cli.data.synthetic.texture import Field, Shape, glints, noise, soft_step, uneven_light

SHAPE: Shape = (128, 384)

_MAKERS = (pit, crack, scratch, patch)
_LINES = (1, 2)
_MARGIN = 12  # pixels from the middle of a defect to the border of the image


def rolled_sheet(rng: np.random.Generator) -> Scene:
    """Draws a sheet with the disturbances that are no defects; none of them is ever labelled.

    Defects lie on the sheet and away from light that dazzles.
    """
    surface = _rolled(rng)
    if rng.random() < 0.35:
        surface *= _bands(rng)
    if rng.random() < 0.25:
        surface *= _flakes(rng)
    if rng.random() < 0.40:
        surface *= _oil(rng)
    light = rng.uniform(0.24, 0.48) * uneven_light(rng, SHAPE, rng.uniform(0.1, 0.45)) * surface
    taken = np.zeros(SHAPE, np.bool_)
    if rng.random() < 0.30:
        dazzle = _dazzle(rng)
        light = np.where(dazzle > 0, np.maximum(light * (1 - 0.5 * dazzle), dazzle * 1.15), light)
        taken |= widen(dazzle > 0.05, GAP)
    if rng.random() < 0.30:
        steel, inner = _sheet_edge(rng)
        light = light * steel + 0.012 * (1 - steel)
        taken |= ~inner
    return Scene(np.asarray(light, np.float32), taken, _draw)


LOOK = Look(("pit", "crack", "scratch", "patch"), good=0.4, read_noise=0.008, scene=rolled_sheet)


def _draw(rng: np.random.Generator, label: int, taken: NDArray[np.bool_]) -> Defect | None:
    inner = np.zeros_like(taken)
    inner[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN] = True
    free = np.argwhere(inner & ~taken)
    if not len(free):
        return None
    row, column = free[int(rng.integers(len(free)))]
    if label in _LINES:  # lines reach from edge to edge: start them about the middle
        row = SHAPE[0] * rng.uniform(0.3, 0.7)
    return _MAKERS[label](rng, SHAPE, (float(row), float(column)))


def _rolled(rng: np.random.Generator) -> Field:
    """Draws fine streaks along the rolling direction (down), mottling and the metal's grain."""
    streaks = noise(rng, SHAPE, (rng.uniform(60, 300), rng.uniform(9, 30)), 5, 0.85)
    strength = rng.uniform(0.02, 0.075) * (1 + 0.5 * noise(rng, SHAPE, (90, 70)))
    surface = 1 + strength * streaks
    surface += rng.uniform(0.03, 0.08) * noise(rng, SHAPE, (70, 80), 4, 0.55)
    surface += rng.uniform(0.02, 0.055) * noise(rng, SHAPE, (1, 1))
    surface += rng.uniform(0.015, 0.05) * noise(rng, SHAPE, (3, 2), 1)
    if rng.random() < 0.3:  # chatter of the mill: faint ripples across
        where = soft_step(noise(rng, SHAPE, (100, 90), 2), -0.2, 1.0)
        surface += rng.uniform(0.03, 0.07) * where * noise(rng, SHAPE, (3, 26), 1)
    if rng.random() < 0.5:
        density = rng.uniform(0.005, 0.03) * soft_step(noise(rng, SHAPE, (60, 70), 2), -0.5, 1.5)
        surface += rng.uniform(0.3, 0.7) * glints(rng, SHAPE, density)
    return np.asarray(np.maximum(surface, 0.3), np.float32)


def _bands(rng: np.random.Generator) -> Field:
    """Draws prints of the rollers: broad bands and hair lines down the whole strip."""
    across = np.arange(SHAPE[1], dtype=np.float32)
    factor = np.ones(SHAPE[1], np.float32)
    for _ in range(int(rng.integers(1, 4))):
        middle, half = rng.uniform(0, SHAPE[1]), rng.uniform(3, 40)
        band = soft_step(np.abs(across - middle), half + rng.uniform(1, 8), half)
        factor += rng.choice([-1.0, 1.0]) * rng.uniform(0.05, 0.15) * band
    for _ in range(int(rng.integers(0, 5))):
        middle = rng.uniform(0, SHAPE[1])
        factor -= rng.uniform(0.05, 0.14) * soft_step(np.abs(across - middle), 1.6, 0.3)
    fading = 1 + 0.3 * noise(rng, SHAPE, (60, 200))
    return np.asarray(1 + (factor[None, :] - 1) * fading, np.float32)


def _flakes(rng: np.random.Generator) -> Field:
    """Draws thin scale in long flakes, slightly lighter or darker than the metal."""
    field = noise(rng, SHAPE, (rng.uniform(20, 45), rng.uniform(5, 10)), 3, 0.6)
    where = soft_step(noise(rng, SHAPE, (120, 60), 2), 0.0, 1.0)
    cover = soft_step(field + 1.2 * where, 1.6, 1.8)
    return np.asarray(1 + rng.choice([-1.0, 1.0]) * rng.uniform(0.06, 0.12) * cover, np.float32)


def _oil(rng: np.random.Generator) -> Field:
    """Draws dried oil and water: soft dark stains, some with a lighter tide mark."""
    down, across = np.ogrid[: SHAPE[0], : SHAPE[1]]
    factor = np.ones(SHAPE, np.float32)
    for _ in range(int(rng.integers(1, 4))):
        row, column = rng.uniform(0, SHAPE[0]), rng.uniform(0, SHAPE[1])
        size = rng.uniform(10, 55), rng.uniform(10, 60)
        far = np.hypot((down - row) / size[0], (across - column) / size[1])
        edge = (far + 0.16 * noise(rng, SHAPE, (40, 40), 3)).astype(np.float32)
        factor -= rng.uniform(0.10, 0.22) * soft_step(edge, rng.uniform(1.05, 1.4), 0.75)
        if rng.random() < 0.4:
            factor += 0.10 * soft_step(np.abs(edge - 1.1), 0.07, 0.0)
    return np.asarray(np.maximum(factor, 0.55), np.float32)


def _dazzle(rng: np.random.Generator) -> Field:
    """Draws wet spots that mirror the lamp: 0 to 1, smooth-edged, in one group."""
    down, across = np.ogrid[: SHAPE[0], : SHAPE[1]]
    row, column = rng.uniform(15, SHAPE[0] - 15), rng.uniform(20, SHAPE[1] - 20)
    size = rng.uniform(14, 40), rng.uniform(8, 24)
    far = np.hypot((down - row) / size[0], (across - column) / size[1]).astype(np.float32)
    drops = noise(rng, SHAPE, (rng.uniform(11, 22), rng.uniform(7, 12)), 2, 0.35)
    return soft_step(drops - 1.1 * far, -0.35, 0.05) * soft_step(far, 1.9, 1.5)


def _sheet_edge(rng: np.random.Generator) -> tuple[Field, NDArray[np.bool_]]:
    """Ends the strip left or right; returns the share of steel and where defects may lie."""
    wave = rng.uniform(0.2, 1.2) * noise(rng, (SHAPE[0], 1), (90, 1), 6, 0.7)
    limit = rng.uniform(15, 0.38 * SHAPE[1]) + wave
    inwards = np.arange(SHAPE[1], dtype=np.float32)[None, :] - limit
    steel = soft_step(inwards, -1.0, 1.0)
    # The edge of a coil is rounded: a dark seam just inside, then a bright lip.
    steel = steel * (1 - 0.35 * soft_step(inwards, 9.0, 0.0))
    steel = steel * (1 + 0.25 * soft_step(np.abs(inwards - 3.0), 2.0, 0.0))
    inner = inwards > 6
    if rng.random() < 0.5:
        steel, inner = steel[:, ::-1], inner[:, ::-1]
    return np.asarray(steel, np.float32), inner
