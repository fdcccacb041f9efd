"""Makes up magnetic-particle inspection: cracks of a bolt glow under ultraviolet light."""

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.synthetic.bolt import GREEN, SHAPE, Bolt, illuminate, random_bolt
from auxnet_cli.data.synthetic.scene import Defect, Look, Scene
from auxnet_cli.data.synthetic.strokes import Points, blurred, draw_strokes, largest_region
from auxnet_cli.data.synthetic.texture import noise

_VISIBLE = 0.05  # of full scale: the least glow that counts as indication


def bolt_scene(rng: np.random.Generator) -> Scene:
    """Draws a bolt; indications may lie on the front of its shank."""
    bolt = random_bolt(rng)
    light, front = illuminate(rng, bolt)

    def draw(rng: np.random.Generator, _label: int, _taken: NDArray[np.bool_]) -> Defect:
        return _indication(rng, bolt)

    return Scene(light, ~front, draw)


LOOK = Look(("indication",), good=0.7, read_noise=0.012, scene=bolt_scene)


def _indication(rng: np.random.Generator, bolt: Bolt) -> Defect:
    """Draws the particles that a crack gathers, brightest inside, with a narrow halo."""
    points = _course(rng, bolt)
    canvas = np.zeros(SHAPE, np.uint8)
    lines = [(points, rng.uniform(2.2, 3.6))]
    draw_strokes(rng, canvas, lines, rough=0.4, end=0.35, least=0.0)
    core, halo = blurred(canvas, 5, 0.6), blurred(canvas, 9, 1.6)
    beads = np.clip(0.85 + 0.25 * noise(rng, SHAPE, (5, 5), 2), 0.35, 1.15)
    glow = rng.uniform(0.6, 0.95) * np.clip(0.85 * core * beads + 0.35 * halo, 0, 1)
    glow = np.where(largest_region(glow > _VISIBLE), glow, 0).astype(np.float32)[..., None]
    return Defect(glow[..., 0] > 0, 1 - 0.8 * glow, glow * GREEN)


def _course(rng: np.random.Generator, bolt: Bolt) -> Points:
    """Draws where a crack runs: in a thread's root (half of them), along, or under the head."""
    kind = rng.random()
    # Past the image's border nothing is seen; 10 pixels keep a crack off it.
    end = min(bolt.thread[1], SHAPE[0] / 2 - 10 - bolt.start)
    neck = bolt.head[1] + 8
    if kind < 0.3:
        length = rng.uniform(24, 70)
        start = rng.uniform(neck, max(end - length, neck + 1))
        steps = np.linspace(0, length, max(8, int(length / 3)))
        aside = rng.uniform(-0.6, 0.6) * bolt.radius + np.cumsum(rng.normal(0, 0.55, len(steps)))
        return bolt.pixels(start + steps, aside + rng.normal(0, 0.6, len(steps)))
    half = rng.uniform(0.3, 0.8)
    middle = rng.uniform(-0.9 + half, 0.9 - half)
    around = np.linspace(middle - half, middle + half, max(8, int(half * bolt.radius / 1.5)))
    if kind < 0.8:
        root = int(rng.integers(1, max(2, int((end - bolt.thread[0]) / bolt.pitch)))) + 0.5
        along = bolt.thread[0] + bolt.pitch * (root - around / (2 * np.pi))
        along = along + rng.normal(0, 0.5, len(around))
    else:
        along = neck + rng.uniform(0, 8) + np.cumsum(rng.normal(0, 0.5, len(around)))
    return bolt.pixels(along, bolt.radius * np.sin(around))
