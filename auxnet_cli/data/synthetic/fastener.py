"""A made-up look at magnetic-particle inspection: cracks of a bolt glow under ultraviolet light."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.synthetic.bolt import GREEN, SHAPE, Bolt, random_bolt, scene
from auxnet_cli.data.synthetic.defects import GAP, SMALLEST, Points, grown, largest_region, ribbon
from auxnet_cli.data.synthetic.texture import Field, noise, sensor

CLASSES = ("indication",)

_VISIBLE = 0.05  # of full scale: the least glow that counts as indication
_TRIES = 40


def render(
    rng: np.random.Generator, labels: Sequence[int]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """One bolt.

    Bolt, indications and camera draw from streams of their own: without ``labels`` a fresh
    generator of the same seed gives the same picture without the indications.

    Args:
        rng: a fresh generator.
        labels: a class index for each indication.

    Returns:
        The image, (height, width, 3) RGB, and the masks, (height, width, classes).
    """
    bolt_rng, indication_rng, camera_rng = rng.spawn(3)
    bolt = random_bolt(bolt_rng)
    light, body = scene(bolt_rng, bolt)
    masks = np.zeros((*SHAPE, len(CLASSES)), np.bool_)
    taken = ~body
    for label in labels:
        glow = _placed(indication_rng, bolt, taken)
        if glow is None:
            continue
        light = light * (1 - 0.8 * glow[..., None]) + glow[..., None] * GREEN
        mask = glow > 0
        masks[..., label] |= mask
        taken = taken | grown(mask, GAP)
    return sensor(camera_rng, light, read=0.012), masks


def _placed(rng: np.random.Generator, bolt: Bolt, taken: NDArray[np.bool_]) -> Field | None:
    """The glow of an indication on free metal, 0 to 1, or none where the bolt is full."""
    for _ in range(_TRIES):
        glow = _indication(rng, bolt)
        mask = glow > 0
        if int(mask.sum()) >= SMALLEST and not np.any(mask & taken):
            return glow
    return None


def _indication(rng: np.random.Generator, bolt: Bolt) -> Field:
    """The glow of particles that a crack gathers, brightest inside, with a narrow halo."""
    points = _course(rng, bolt)
    canvas = np.zeros(SHAPE, np.uint8)
    fade = 0.35 + 0.65 * np.sqrt(np.sin(np.linspace(0, np.pi, len(points))).clip(0))
    ribbon(canvas, points, rng.uniform(2.2, 3.6) * fade * rng.uniform(0.6, 1.4, len(points)))
    core = cv2.GaussianBlur(canvas, (5, 5), 0.6).astype(np.float32) / 255
    halo = cv2.GaussianBlur(canvas, (9, 9), 1.6).astype(np.float32) / 255
    beads = np.clip(0.85 + 0.25 * noise(rng, SHAPE, (5, 5), 2), 0.35, 1.15)
    glow = rng.uniform(0.6, 0.95) * np.clip(0.85 * core * beads + 0.35 * halo, 0, 1)
    return np.where(largest_region(glow > _VISIBLE), glow, 0).astype(np.float32)


def _course(rng: np.random.Generator, bolt: Bolt) -> Points:
    """Where cracks run: in a thread's root (half of them), along the axis, or under the head."""
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
