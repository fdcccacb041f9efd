"""Puts defects into a scene and photographs it: what all looks of made-up images share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.synthetic.strokes import GAP, widen
from auxnet_cli.data.synthetic.texture import Field, sensor

MIN_PIXELS = 80
"""The least pixels of a defect that is worth a label."""

_TRIES = 40


@dataclass(frozen=True)
class Defect:
    """One defect, and what it does to the light.

    Attributes:
        mask: (height, width), true where the surface is altered; one 4-connected region.
        gain: factor on the light, broadcast to it; 1 outside the mask.
        glow: light that is added, broadcast to it; 0 outside the mask.
    """

    mask: NDArray[np.bool_]
    gain: Field
    glow: Field | float = 0.0


@dataclass(frozen=True)
class Scene:
    """A part before defects.

    Attributes:
        light: (height, width) or (height, width, 3), 1 is full scale.
        taken: (height, width), true where no defect may lie.
        draw: draws a defect of a class on what is not taken, or ``None`` if all is.
    """

    light: NDArray[np.float32]
    taken: NDArray[np.bool_]
    draw: Callable[[np.random.Generator, int, NDArray[np.bool_]], Defect | None]


@dataclass(frozen=True)
class Look:
    """A kind of made-up images.

    Attributes:
        classes: names of the classes of defects.
        good: share of the images without a defect.
        read_noise: of the camera, standard deviation of full scale.
        scene: draws a part.
    """

    classes: tuple[str, ...]
    good: float
    read_noise: float
    scene: Callable[[np.random.Generator], Scene]


def render(
    look: Look, rng: np.random.Generator, labels: Sequence[int]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Makes one image: its pixels, (height, width, 3) RGB, and masks, (height, width, classes).

    The part, its defects and the camera draw from streams of their own: without ``labels`` a fresh
    generator of the same seed gives the same picture without the defects. ``labels`` has a class
    index for each defect; a defect that fits nowhere is left out.
    """
    scene_rng, defect_rng, camera_rng = rng.spawn(3)
    scene = look.scene(scene_rng)
    light, taken = scene.light, scene.taken
    masks = np.zeros((*taken.shape, len(look.classes)), np.bool_)
    for label in labels:
        for _ in range(_TRIES):
            defect = scene.draw(defect_rng, label, taken)
            if defect is None:
                break
            if int(defect.mask.sum()) >= MIN_PIXELS and not np.any(taken & defect.mask):
                break
        else:
            continue
        if defect is not None:
            light = light * defect.gain + defect.glow
            masks[..., label] |= defect.mask
            taken = taken | widen(defect.mask, GAP)
    image = sensor(camera_rng, light, look.read_noise)
    return np.repeat(image[..., None], 3, axis=2) if image.ndim == 2 else image, masks
