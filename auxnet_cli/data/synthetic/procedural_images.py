"""Photographs of a data set with procedural defects on them, as a source of images to collect."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import cv2
import numpy as np

from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.data.samples.sample import Sample, read_sample
from auxnet_cli.data.samples.tiling import draw_window
from auxnet_cli.data.sources.source import Labels, SourceImage
from auxnet_cli.data.synthetic.growing import CLASSES, grow
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.settings import Settings

FEW = 8
"""Good photos of a split; with fewer its defective ones are taken, too."""

HELD_OUT = 0.05
"""Part of the images that is grown on photos of the validation split."""


def photos(dataset: Dataset) -> dict[str, list[Record]]:
    """The photos of the training and of the validation split that defects may be grown on.

    They are good parts, or all photos of the split where good ones are too few.

    Raises:
        InputError: a split's file is damaged.
    """
    found = {}
    for split in ("train", "val"):
        records = dataset.split(split)
        good = [record for record in records if not record.annotations]
        found[split] = good if len(good) >= FEW else records
    return found


def grown_images(
    dataset: Dataset, shown: Mapping[str, Sequence[Record]], settings: Settings
) -> Iterator[SourceImage]:
    """Images of the network's size with 0-4 defects each; of tiled images, each a random tile.

    An image depends on its number, the seed and the photos alone.

    Args:
        dataset: the photos' own.
        shown: what :func:`photos` gave. Photos are dealt like a deck of cards.
        settings: ``seed``, ``data.size``, ``tile`` and ``pretraining.images``.

    Raises:
        AuxnetError: no photo of a split can be read.
    """
    images = settings.pretraining.images
    held_out = max(1, round(HELD_OUT * images)) if shown["val"] else 0
    for place in range(images):
        split = "train" if place < images - held_out else "val"
        sample = _grown(shown[split], place, len(dataset.classes), settings)
        name = f"{place:06d}.png"
        yield SourceImage(name, name, _png(sample), partial(_labels, sample), split)


def _grown(records: Sequence[Record], place: int, classes: int, settings: Settings) -> Sample:
    """Image ``place``, on the photo whose turn it is, or on the next one that can be read."""
    rng = np.random.default_rng((settings.seed, place))
    deal, card = divmod(place, len(records))
    deck = np.random.default_rng((settings.seed, deal, 1)).permutation(len(records))
    for step in range(len(records)):
        record = records[int(deck[(card + step) % len(records)])]
        window = draw_window(record.height, record.width, [], settings.tile, rng)
        try:
            return grow(read_sample(record, classes, settings.data.size, window), rng)
        except InputError:
            continue  # what cannot be read is named where the data set itself is trained on
    raise AuxnetError("No image of the data set can be read: prepare the data again.")


def _png(sample: Sample) -> bytes:
    grey = (sample.image[..., :1] == sample.image).all()
    pixels = sample.image[..., 0] if grey else cv2.cvtColor(sample.image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", pixels)[1].tobytes()


def _labels(sample: Sample, _height: int, _width: int) -> Labels:
    for label, name in enumerate(CLASSES):
        own = sample.instances[..., label]
        for number in np.unique(own[own > 0]):
            yield name, own == number
