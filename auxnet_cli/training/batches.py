"""Reads and augments batches of the training split, in threads a little ahead of the training."""

from collections.abc import Iterator, Mapping, Sequence
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
from auxnet_cli.model.heads.head import Head, Targets
from auxnet_cli.settings import Settings, TileSettings
from auxnet_cli.system.parallel import in_order
from auxnet_cli.training.checkpoint import Stateful
from auxnet_cli.training.sampling import Draw, balanced_order, natural_order

Batch = tuple[NDArray[np.uint8], Targets]

AHEAD = 2
"""Batches that are read before they are asked for."""


@dataclass
class Batches(Stateful):
    """The training split, an epoch at a time.

    Attributes:
        records: the split.
        classes: number of classes.
        settings: size, augmentation, batch, sampling, threads, seed.
        heads: by task; they derive the targets.
        cache: where decoded images are kept, if at all.
        rank: this worker's number: it reads items rank, rank + workers, … of every batch.
        workers: how many workers there are; a batch holds ``batch_size`` images of each.
        batch_size: images a step of each worker; below the setting's where memory ran out.
        unreadable: images that were passed over, with the reason.
    """

    STATE = ("batch_size", "unreadable")

    records: Sequence[Record]
    classes: int
    settings: Settings
    heads: Mapping[str, Head]
    cache: ImageCache = NO_CACHE
    rank: int = 0
    workers: int = 1
    batch_size: int = field(init=False)
    unreadable: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.batch_size = self.settings.training.batch_size

    @property
    def size(self) -> int:
        """Images of a batch, those of all workers."""
        return self.batch_size * self.workers

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return -(-len(self.records) * self._rounds // self.size)

    @property
    def _rounds(self) -> int:
        """How often an epoch goes through the split: whole images once, tiles as set."""
        return self.settings.tile.per_image if self.settings.tile.size else 1

    def epoch(self, number: int, done: int = 0) -> Iterator[Batch]:
        """Yields the batches of an epoch: the same for the same seed, whatever the threads do.

        The last batch is filled up from the beginning of the epoch: all have one shape. The first
        ``done`` batches are left out.
        """
        items = range(self.rank, self.size, self.workers)
        steps = list(enumerate(self._draws(number)))[done:]
        draws = (
            (shown[item], (self.settings.seed, number, step, item))
            for step, shown in steps
            for item in items
        )
        workers, ahead = self.settings.data.workers, AHEAD * len(items)
        with closing(in_order(lambda given: self._load(*given), draws, workers, ahead)) as loaded:
            for _ in steps:
                yield _collate(list(islice(loaded, len(items))))

    def names(self, epoch: int, step: int) -> list[str]:
        """Returns the names of the images of a batch; ``step`` counts from 1."""
        return [self.records[draw.image].name for draw in self._draws(epoch)[step - 1]]

    def _draws(self, epoch: int) -> list[list[Draw]]:
        """Returns what each batch of an epoch shows."""
        rounds = range(epoch * self._rounds, (epoch + 1) * self._rounds)
        order = [draw for number in rounds for draw in self._order(number)]
        starts = range(0, self.steps * self.size, self.size)
        return [
            [order[index % len(order)] for index in range(start, start + self.size)]
            for start in starts
        ]

    def _order(self, number: int) -> list[Draw]:
        """Returns the draws of one pass through the split."""
        seed, training = self.settings.seed, self.settings.training
        if training.sampling == "natural":
            return natural_order(len(self.records), seed, number)
        pasted = self.settings.augmentation.paste
        return balanced_order(self.records, training.good_share, pasted, seed, number)

    def _load(self, draw: Draw, seed: tuple[int, ...]) -> tuple[NDArray[np.uint8], Targets]:
        rng = np.random.default_rng(seed)
        settings, tile = self.settings.augmentation, self.settings.tile
        if tile.size and tile.whole and rng.random() < tile.whole:
            # A pasted defect is of the same view, and so of the same scale.
            tile = tile.model_copy(update={"size": None})
        sample = augment(self._read(draw.image, tile, (*seed, 1)), settings, rng)
        if draw.donor is not None:
            tile = tile.model_copy(update={"defective": 1.0})
            donor = self._read(draw.donor, tile, (*seed, 2), masked=True)
            donor_sample = augment(donor, settings, rng)
            sample = paste(sample, donor_sample, rng, settings.paste_gradients)
        return sample.image, targets_of(sample, self.heads)

    def _read(
        self, index: int, tile: TileSettings, seed: tuple[int, ...], masked: bool = False
    ) -> Sample:
        """Reads an image, or the next readable one in its place; of a large image, a tile.

        With ``masked``, images whose defects have masks are preferred, and tiles that show such a
        defect. The seed is that of the tile.
        """
        for offset in range(len(self.records)):
            record = self.records[(index + offset) % len(self.records)]
            if record.name in self.unreadable or (masked and not record.masked_labels):
                continue
            try:
                boxes = [
                    annotation.box
                    for annotation in record.annotations
                    if annotation.rle is not None or not masked
                ]
                rng = np.random.default_rng(seed)
                window = draw_window(record.height, record.width, boxes, tile, rng)
                return read_sample(
                    record, self.classes, self.settings.data.size, window, self.cache
                )
            except InputError as error:
                self.unreadable[record.name] = str(error)
        if masked:
            return self._read(index, tile, seed)
        raise AuxnetError("No image of the training split can be read: prepare the data again.")


def targets_of(sample: Sample, heads: Mapping[str, Head]) -> Targets:
    """Returns the targets of all heads, by name."""
    of_heads = (head.targets(sample) for head in heads.values())
    return {name: values for targets in of_heads for name, values in targets.items()}


def _collate(loaded: list[tuple[NDArray[np.uint8], Targets]]) -> Batch:
    images = np.stack([image for image, _ in loaded])
    names = loaded[0][1]
    return images, {name: np.stack([targets[name] for _, targets in loaded]) for name in names}
