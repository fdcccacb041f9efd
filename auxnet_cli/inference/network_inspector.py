"""Inspects images of any size with a network."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Self

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.resize import resize_image
from auxnet_cli.data.samples.tiling import Window, windows
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import AuxnetError
from auxnet_cli.inference.decoding import Decoder
from auxnet_cli.inference.engines.engine import Engine, Outputs
from auxnet_cli.inference.mirroring import MIRRORS, PLAIN, average
from auxnet_cli.inference.network_file import check_answers
from auxnet_cli.inference.tile_merging import merge
from auxnet_cli.inspection import Inspection
from auxnet_cli.verdict.decoded_heads import DecodedHeads

BATCH = 8
"""Images or tiles that go through the network together: bounds the memory."""

ROOM = 32_000_000
"""Pixels of all images that threads inspect side by side. While it is decoded and drawn a pixel
takes about 50 bytes, and 16 cores with large images would fill the memory."""

Images = Sequence[NDArray[np.uint8]]


class NotFiniteError(AuxnetError):
    """The network's output is not a number; taken as it is, every part would pass as good."""

    def __init__(self) -> None:
        super().__init__(
            "The network's output is not a number (NaN or infinite): its weights are damaged; "
            "train anew or take another run."
        )


@dataclass(frozen=True)
class NetworkInspector:
    """A network, run by an engine, with what is needed to read its output."""

    card: ModelCard
    engine: Engine
    decoder: Decoder

    @classmethod
    def of(cls, card: ModelCard, engine: Engine) -> Self:
        """Makes an inspector around an engine."""
        return cls(card, engine, Decoder(card))

    @property
    def workers(self) -> int:
        """Threads that may inspect side by side; 0 where one after the other is as fast."""
        return self.engine.requests if self.engine.requests > 1 else 0

    def inspect_batch(self, images: Images) -> list[Inspection]:
        """Inspects RGB images, each (height, width, 3) uint8 of any size; large ones in tiles.

        As many threads as ``engine.requests`` may call it at once.

        Raises:
            NotFiniteError: the network's weights are damaged.
            MismatchError: the network's outputs are not what the card describes.
        """
        start = time.perf_counter()
        inspections = self.conclude(images, map(self.engine.run, self.batches(images)))
        seconds = (time.perf_counter() - start) / len(images)
        return [replace(inspection, seconds=seconds) for inspection in inspections]

    def batches(self, images: Images) -> Iterator[NDArray[np.uint8]]:
        """Yields the network's input: all views of the images, ``BATCH`` at a time."""
        tiles = (image[tile.slices] for image in images for tile in self._tiles(image))
        resized = (resize_image(tile, self.card.size) for tile in tiles)
        views = (np.flip(tile, axes) for tile in resized for axes in self._mirrors)
        while batch := list(islice(views, BATCH)):
            yield np.stack(batch)

    def conclude(self, images: Images, outputs: Iterable[Outputs]) -> list[Inspection]:
        """Reads the network's outputs for the :meth:`batches` of these images."""
        tiles = [self._tiles(image) for image in images]
        heads = self._decode(chain.from_iterable(tiles), outputs)
        rule = self.card.decision
        return [
            self.decoder.conclude(
                merge(cut, list(islice(heads, len(cut))), rule.nms_iou, rule.max_boxes)
            )
            for cut in tiles
        ]

    def _tiles(self, image: NDArray[np.uint8]) -> Sequence[Window]:
        return windows(image.shape[0], image.shape[1], self.card.tile)

    @property
    def _mirrors(self) -> Sequence[tuple[int, ...]]:
        return MIRRORS if self.card.decision.mirrored else (PLAIN,)

    def _decode(
        self, tiles: Iterable[Window], outputs: Iterable[Outputs]
    ) -> Iterator[DecodedHeads]:
        """Yields the heads of each tile, from the outputs for all its views."""
        count = len(self._mirrors)
        views = self._decode_views((tile for tile in tiles for _ in range(count)), outputs)
        while heads := list(islice(views, count)):
            yield average(heads)

    def _decode_views(
        self, tiles: Iterator[Window], outputs: Iterable[Outputs]
    ) -> Iterator[DecodedHeads]:
        for batch in outputs:
            check_answers(self.card, {name: values.shape[1:] for name, values in batch.items()})
            if not all(np.isfinite(values).all() for values in batch.values()):
                raise NotFiniteError
            for index in range(len(next(iter(batch.values())))):
                tile = next(tiles)
                heads = {name: values[index] for name, values in batch.items()}
                yield self.decoder.decode(heads, tile.height, tile.width)
