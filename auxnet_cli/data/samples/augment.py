"""Changes a sample at random (the paper's augmentation), with image, masks and boxes in step."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.labels.warp import warp_instances
from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.settings import AugmentationSettings


def augment(sample: Sample, settings: AugmentationSettings, rng: np.random.Generator) -> Sample:
    """Draws a rotation, flips, zoom, shear and channel shift, and applies them in one resampling.

    What the image shows beyond its old border repeats the border's pixels, in the masks as well, so
    that a defect at the border stays one labelled defect.
    """
    height, width = sample.image.shape[:2]
    matrix = draw_matrix(height, width, settings, rng)
    image = cv2.warpAffine(
        sample.image,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    instances = np.zeros_like(sample.instances)
    for label in sample.masked_labels:
        instances[:, :, label] = warp_instances(
            sample.instances[:, :, label], matrix, (height, width), cv2.BORDER_REPLICATE
        )
    # The pixels of a mask at the border are repeated beyond it, where no hull reaches.
    outlines = tuple(
        outline.moved(matrix)
        for outline in sample.outlines
        if not outline.number or outline.within(height, width, 1.0)
    )
    image = _expose(np.asarray(image, np.uint8), settings, rng)
    return replace(sample, image=image, instances=instances, outlines=outlines)


def draw_matrix(
    height: int, width: int, settings: AugmentationSettings, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draws a 2 × 3 matrix from old to new pixel centres, about the image's middle."""
    angle, shear = np.deg2rad(
        [
            rng.uniform(-settings.rotation, settings.rotation),
            rng.uniform(-settings.shear, settings.shear),
        ]
    )
    zoom = 1 + rng.uniform(-settings.zoom, settings.zoom)
    flips = [
        -1.0 if allowed and rng.random() < 0.5 else 1.0
        for allowed in (settings.horizontal_flip, settings.vertical_flip)
    ]
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = zoom * turn @ np.array([[1.0, np.tan(shear)], [0.0, 1.0]]) @ np.diag(flips)
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    return np.column_stack([linear, centre - linear @ centre])


def _expose(
    image: NDArray[np.uint8], settings: AugmentationSettings, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Changes the exposure and adds a random brightness to each channel; grey stays grey."""
    gain = np.exp(rng.uniform(-1, 1) * np.log1p(settings.exposure))
    shift = rng.uniform(-settings.channel_shift, settings.channel_shift, size=3)
    if (image[..., :1] == image).all():
        shift[:] = shift[0]
    exposed = np.clip(np.rint(image * gain + shift), 0, 255)
    return np.asarray(exposed, np.uint8)
