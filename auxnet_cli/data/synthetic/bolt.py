"""Draws a bolt under ultraviolet light, before indications: metal, films, stray particles."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.synthetic.strokes import Points, bow, ribbon, wander
from auxnet_cli.data.synthetic.texture import Field, Shape, glints, noise, soft_step

SHAPE: Shape = (256, 256)

_VIOLET = np.array([0.25, 0.10, 0.58], np.float32)  # what the lamp leaks and bare metal mirrors
GREEN = np.array([0.50, 1.00, 0.16], np.float32)  # fluorescing particles
_TEAL = np.array([0.10, 0.62, 0.48], np.float32)  # thin films of them
_LINT = np.array([0.45, 0.60, 1.00], np.float32)  # cloth fibres glow blue


@dataclass(frozen=True)
class Bolt:
    """Says where a bolt lies, in pixels; ``along`` runs from its top, ``aside`` from its axis.

    Attributes:
        centre: down and across, the middle of the image of the bolt's axis.
        turn: angle of the axis in radians, 0 points down.
        radius: of the shank.
        head: radius and height of the head.
        thread: start and end of the thread along the axis.
        pitch: of the thread.
        start: the head's top along the axis, relative to the centre.
    """

    centre: tuple[float, float]
    turn: float
    radius: float
    head: tuple[float, float]
    thread: tuple[float, float]
    pitch: float
    start: float

    def coordinates(self) -> tuple[Field, Field]:
        """Returns ``along`` and ``aside`` of every pixel, each (height, width)."""
        down, across = np.ogrid[: SHAPE[0], : SHAPE[1]]
        row, column = down - self.centre[0], across - self.centre[1]
        along = row * np.cos(self.turn) + column * np.sin(self.turn) - self.start
        aside = column * np.cos(self.turn) - row * np.sin(self.turn)
        return along.astype(np.float32), aside.astype(np.float32)

    def pixels(self, along: NDArray[np.float64], aside: NDArray[np.float64]) -> Points:
        """Returns down and across of points on the bolt, (points, 2)."""
        length = along + self.start
        down = self.centre[0] + length * np.cos(self.turn) - aside * np.sin(self.turn)
        across = self.centre[1] + length * np.sin(self.turn) + aside * np.cos(self.turn)
        return np.stack([down, across], axis=1)


def random_bolt(rng: np.random.Generator) -> Bolt:
    """Draws a bolt of random build, anywhere about the middle of the picture."""
    radius = rng.uniform(30, 44)
    height = rng.uniform(0.7, 0.95) * radius
    length = rng.uniform(190, 300)
    return Bolt(
        centre=(SHAPE[0] / 2 + rng.normal(0, 8), SHAPE[1] / 2 + rng.normal(0, 12)),
        turn=rng.normal(0, 0.22) + (np.pi if rng.random() < 0.5 else 0.0),
        radius=radius,
        head=(radius * rng.uniform(1.55, 1.8), height),
        thread=(height + rng.uniform(0.1, 0.4) * length, length),
        pitch=rng.uniform(11, 16),
        start=-min(length / 2, 118.0) + rng.uniform(-14, 4),
    )


def illuminate(
    rng: np.random.Generator, bolt: Bolt
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Returns the light, (height, width, 3), and where the shank's front shows."""
    along, aside = bolt.coordinates()
    around = np.arcsin(np.clip(aside / bolt.radius, -1, 1))
    phase = 2 * np.pi * (along - bolt.thread[0]) / bolt.pitch + around
    threaded = soft_step(along, bolt.thread[0] - 4, bolt.thread[0] + 6)
    crest = np.asarray(0.5 + 0.5 * np.cos(phase), np.float32)
    shank, head = _outlines(bolt, along, aside, threaded * (1 - crest))
    tilt = rng.uniform(-0.6, 0.6)
    rounded = 0.10 + 0.75 * np.clip(np.cos(around - tilt), 0, 1) ** 1.6
    rounded += rng.uniform(0.1, 0.4) * np.exp(-(((around - tilt) / 0.16) ** 2))
    threads = 1 + threaded * (0.45 * np.sin(phase) + 0.5 * crest - 0.40)
    facets = np.where(
        np.abs(aside) < 0.5 * bolt.head[0], 0.62, np.where(aside * tilt > 0, 0.42, 0.22)
    )
    worn = 1 + 0.16 * noise(rng, SHAPE, (30, 30), 4, 0.6) + 0.05 * noise(rng, SHAPE, (1, 1))
    metal = (shank * rounded * threads * (1 - head) + head * facets) * worn
    # Under its head the shank lies in shadow.
    metal *= 1 - 0.5 * (1 - head) * soft_step(along - bolt.head[1], 9.0, 0.0)
    part = np.maximum(shank, head)
    backdrop = 0.09 + 0.025 * noise(rng, SHAPE, (90, 90), 3)
    violet = rng.uniform(0.55, 0.95) * metal + backdrop * (1 - part)
    light = violet[..., None] * _VIOLET
    film = _film(rng, part, shank * (1 - head) * threaded * np.clip(np.cos(around), 0.15, 1), crest)
    light = light + film[..., None] * _TEAL
    light = light + _particles(rng, part)[..., None] * GREEN
    light = light + _lint(rng)[..., None] * _LINT
    down, across = np.ogrid[-1 : 1 : SHAPE[0] * 1j, -1 : 1 : SHAPE[1] * 1j]
    lamp = rng.uniform(-0.3, 0.3, 2)
    vignette = np.clip(1.12 - 0.3 * ((down - lamp[0]) ** 2 + (across - lamp[1]) ** 2), 0.25, None)
    front = (shank > 0.9) & (np.abs(aside) < 0.86 * bolt.radius) & (along > bolt.head[1] + 4)
    return np.asarray(light * vignette[..., None], np.float32), np.asarray(front)


def _outlines(bolt: Bolt, along: Field, aside: Field, cut: Field) -> tuple[Field, Field]:
    """Returns the shares of shank and head in a pixel; ``cut`` is 1 at the thread's roots."""
    end = bolt.thread[1] - along
    limit = bolt.radius - 0.34 * bolt.pitch * cut - np.clip(10.0 - end, 0, 10) * 0.6
    inwards = limit - np.abs(aside)
    shank = soft_step(inwards, -0.8, 0.8) * soft_step(end, -0.8, 0.8)
    shank *= soft_step(along, bolt.head[1] - 1, bolt.head[1])
    radius, height = bolt.head
    corner = np.maximum(0.0, np.abs(aside) / radius - 0.75)
    chamfer = 0.5 * height * corner
    head = soft_step(radius - np.abs(aside), -0.8, 0.8) * soft_step(along - chamfer, -0.8, 0.8)
    return shank, head * soft_step(height - along, -0.8, 0.8)


def _film(rng: np.random.Generator, part: Field, thread: Field, crest: Field) -> Field:
    """Draws fluid that stays on crests, in roots and at edges: dim, broken, never labelled."""
    broken = np.clip(0.6 + 0.5 * noise(rng, SHAPE, (26, 40), 3), 0, 1.6)
    crests = rng.uniform(0.10, 0.28) * soft_step(crest, 0.75, 1.0)
    roots = rng.uniform(0.04, 0.20) * soft_step(crest, 0.25, 0.02)
    edge = part * (1 - cv2.GaussianBlur(part, (0, 0), 1.6))
    film = thread * broken * (crests + roots) + rng.uniform(0.2, 0.9) * edge * broken
    return np.asarray(film + 0.03 * part * broken, np.float32)


def _particles(rng: np.random.Generator, part: Field) -> Field:
    """Draws stray particles: specks everywhere, most on the part, and a few faint clumps."""
    many = rng.uniform(0.5, 2.0)
    where = soft_step(noise(rng, SHAPE, (60, 60), 3), -0.3, 1.8)
    density = many * (0.0012 + 0.012 * part * where)
    specks = 0.32 * glints(rng, SHAPE, np.asarray(density, np.float32))
    clumps = soft_step(noise(rng, SHAPE, (24, 24), 3, 0.6), 1.7, 3.0) * part
    return np.asarray(specks + rng.uniform(0.04, 0.16) * clumps, np.float32)


def _lint(rng: np.random.Generator) -> Field:
    """Draws a hair of cloth, thin and curved, on some pictures."""
    canvas = np.zeros(SHAPE, np.uint8)
    if rng.random() < 0.35:
        start = rng.uniform(20, SHAPE[0] - 20), rng.uniform(20, SHAPE[1] - 20)
        angle, length = rng.uniform(0, 2 * np.pi), rng.uniform(20, 70)
        points = wander(rng, start, angle, length, jag=0.2)
        points = bow(points, angle, rng.normal(0, 0.3) * length)
        ribbon(canvas, points, np.full(len(points), 1.3))
    soft = cv2.GaussianBlur(canvas, (3, 3), 0.6)
    return np.asarray(soft, np.float32) * np.float32(rng.uniform(0.25, 0.5) / 255)
