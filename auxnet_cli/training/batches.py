"""Batches: images and targets, read and augmented by threads a little ahead of the training."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.samples.augment import augment
from auxnet_cli.data.samples.cache import NO_CACHE, ImageCache
from auxnet_cli.data.samples.paste import paste
from auxnet_cli.data.samples.sample import Sample, read_sample
from auxnet_cli.data.samples.tiling import draw_window
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.settings import Settings, TileSettings
from auxnet_cli.system.parallel import in_order
from auxnet_cli.training.sampling import Draw, balanced_order, natural_order
from auxnet_cli.training.targets import TargetMaker, Targets

Batch = tuple[NDArray[np.uint8], Targets]

AHEAD = 2
"""Batches that are read before they are asked for."""


@dataclass
class Batches:
    """The training split, an epoch at a time.

    Attributes:
        records: the split.
        classes: number of classes.
        settings: size, augmentation, batch, sampling, threads, seed.
        maker: derives the targets.
        cache: where decoded images are kept, if they are.
        unreadable: images that could not be read, with the reason; they were passed over.
        rank: which worker this is: it reads places rank, rank + workers, ... of every batch.
        workers: how many there are; a batch holds the batch size of each.
        batch_size: a worker's images a step; the setting's, until memory proves too small for it.
    """

    records: Sequence[Record]
    classes: int
    settings: Settings
    maker: TargetMaker
    cache: ImageCache = NO_CACHE
    unreadable: dict[str, str] = field(default_factory=dict)
    rank: int = 0
    workers: int = 1
    batch_size: int = field(init=False)

    def __post_init__(self) -> None:
        self.batch_size = self.settings.training.batch_size

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        images = len(self.records) * self._rounds
        return -(-images // self._size)

    @property
    def _size(self) -> int:
        """Images of a batch, those of all workers."""
        return self.batch_size * self.workers

    @property
    def _rounds(self) -> int:
        """How often an epoch goes through the split: whole images once, tiles as set."""
        return self.settings.tile.per_image if self.settings.tile.size else 1

    def epoch(self, number: int, done: int = 0) -> Iterator[Batch]:
        """The batches of epoch ``number``, the same for the same seed whatever the threads do.

        The last batch is filled up from the epoch's beginning: all have one shape.

        Args:
            number: of the epoch.
            done: steps that an earlier process has done; the batches go on after them.
        """
        chunks = list(enumerate(self._chunks(number)))[done:]
        own = range(self.rank, self._size, self.workers)
        draws = (
            (chunk[position], (number, place, position))
            for place, chunk in chunks
            for position in own
        )
        with closing(
            in_order(
                lambda one: self._load(*one), draws, self.settings.data.workers, AHEAD * len(own)
            )
        ) as loaded:
            for _ in chunks:
                yield _collate(list(islice(loaded, len(own))))

    def names(self, epoch: int, step: int) -> list[str]:
        """The images of a batch, by name; ``step`` counts from 1."""
        return [self.records[draw.image].name for draw in self._chunks(epoch)[step - 1]]

    def _chunks(self, epoch: int) -> list[list[Draw]]:
        size, order = self._size, self._order(epoch)
        order = [order[place % len(order)] for place in range(self.steps * size)]
        return [order[start : start + size] for start in range(0, len(order), size)]

    def _order(self, epoch: int) -> list[Draw]:
        rounds = range(epoch * self._rounds, (epoch + 1) * self._rounds)
        return [draw for number in rounds for draw in self._round(number)]

    def _round(self, epoch: int) -> list[Draw]:
        seed = self.settings.seed
        if self.settings.training.sampling == "balanced":
            share, pasted = self.settings.training.good_share, self.settings.augmentation.paste
            return balanced_order(self.records, share, pasted, seed, epoch)
        return natural_order(len(self.records), seed, epoch)

    def _load(self, draw: Draw, place: tuple[int, int, int]) -> tuple[NDArray[np.uint8], Targets]:
        seed = (self.settings.seed, *place)
        rng = np.random.default_rng(seed)
        settings, tile = self.settings.augmentation, self.settings.tile
        sample = augment(self._read(draw.image, tile, (*seed, 1)), settings, rng)
        if draw.donor is not None:
            tile = tile.model_copy(update={"defective": 1.0})
            donor = self._read(draw.donor, tile, (*seed, 2), masked=True)
            sample = paste(sample, augment(donor, settings, rng), rng)
        return sample.image, self.maker(sample)

    def _read(
        self, index: int, tile: TileSettings, seed: tuple[int, ...], masked: bool = False
    ) -> Sample:
        """The image, or the next readable one in its place; of a large one, a tile.

        Args:
            index: of the image.
            tile: how tiles are drawn.
            seed: of the tile.
            masked: whether a tile that shows a defect shows one that has a mask, and an image of
                defects without masks is passed over while there are others.
        """
        for step in range(len(self.records)):
            record = self.records[(index + step) % len(self.records)]
            if record.name in self.unreadable or (masked and not record.masked_labels):
                continue
            try:
                rng = np.random.default_rng(seed)
                boxes = [
                    annotation.box
                    for annotation in record.annotations
                    if annotation.rle is not None or not masked
                ]
                window = draw_window(record.height, record.width, boxes, tile, rng)
                return read_sample(
                    record, self.classes, self.settings.data.size, window, self.cache
                )
            except InputError as error:
                self.unreadable[record.name] = str(error)
        if masked:
            return self._read(index, tile, seed)
        raise AuxnetError("No image of the training split can be read: prepare the data again.")


def _collate(loaded: list[tuple[NDArray[np.uint8], Targets]]) -> Batch:
    images = np.stack([image for image, _ in loaded])
    names = loaded[0][1]
    return images, {name: np.stack([targets[name] for _, targets in loaded]) for name in names}
