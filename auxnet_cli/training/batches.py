"""Batches: images and targets, read and augmented by threads a little ahead of the training."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.augment import augment
from auxnet_cli.data.dataset import Record
from auxnet_cli.data.paste import paste
from auxnet_cli.data.sample import Sample, read_sample
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.settings import Settings
from auxnet_cli.training.sampling import Draw, balanced_order, natural_order
from auxnet_cli.training.targets import TargetMaker, Targets

Batch = tuple[NDArray[np.uint8], Targets]


@dataclass
class Batches:
    """The training split, an epoch at a time.

    Attributes:
        records: the split.
        classes: number of classes.
        settings: size, augmentation, batch, sampling, threads, seed.
        maker: derives the targets.
        unreadable: images that could not be read, with the reason; they were passed over.
    """

    records: Sequence[Record]
    classes: int
    settings: Settings
    maker: TargetMaker
    unreadable: dict[str, str] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        """Batches of an epoch."""
        return -(-len(self.records) // self.settings.training.batch_size)

    def epoch(self, number: int) -> Iterator[Batch]:
        """The batches of epoch ``number``, the same for the same seed whatever the threads do.

        The last batch is filled up from the epoch's beginning: all have one shape.
        """
        size = self.settings.training.batch_size
        order = self._order(number)
        order = [order[place % len(order)] for place in range(self.steps * size)]
        chunks = [order[start : start + size] for start in range(0, len(order), size)]
        with ThreadPoolExecutor(self.settings.data.workers) as pool:
            waiting: deque[list[Future[tuple[NDArray[np.uint8], Targets]]]] = deque()
            try:
                for place, chunk in enumerate(chunks):
                    waiting.append(
                        [
                            pool.submit(self._load, draw, (number, place, position))
                            for position, draw in enumerate(chunk)
                        ]
                    )
                    if len(waiting) > 2:
                        yield _collate([future.result() for future in waiting.popleft()])
                while waiting:
                    yield _collate([future.result() for future in waiting.popleft()])
            finally:
                pool.shutdown(cancel_futures=True)

    def _order(self, epoch: int) -> list[Draw]:
        seed = self.settings.seed
        if self.settings.training.sampling == "balanced":
            share, pasted = self.settings.training.good_share, self.settings.augmentation.paste
            return balanced_order(self.records, share, pasted, seed, epoch)
        return natural_order(len(self.records), seed, epoch)

    def _load(self, draw: Draw, place: tuple[int, int, int]) -> tuple[NDArray[np.uint8], Targets]:
        rng = np.random.default_rng((self.settings.seed, *place))
        settings = self.settings.augmentation
        sample = augment(self._read(draw.image), settings, rng)
        if draw.donor is not None:
            sample = paste(sample, augment(self._read(draw.donor), settings, rng), rng)
        return sample.image, self.maker(sample)

    def _read(self, index: int) -> Sample:
        """The image, or the next readable one in its place."""
        for step in range(len(self.records)):
            record = self.records[(index + step) % len(self.records)]
            if record.name in self.unreadable:
                continue
            try:
                return read_sample(record, self.classes, self.settings.data.size)
            except InputError as error:
                self.unreadable[record.name] = str(error)
        raise AuxnetError("No image of the training split can be read: prepare the data again.")


def _collate(loaded: list[tuple[NDArray[np.uint8], Targets]]) -> Batch:
    images = np.stack([image for image, _ in loaded])
    names = loaded[0][1]
    return images, {name: np.stack([targets[name] for _, targets in loaded]) for name in names}
