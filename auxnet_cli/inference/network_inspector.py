"""Inspects images with a network: images of any size in, inspections out."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Self

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.resize import resize_image
from auxnet_cli.data.samples.tiling import windows
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import AuxnetError
from auxnet_cli.inference.decoding import Decoder
from auxnet_cli.inference.engines.engine import Engine
from auxnet_cli.inference.network_file import check_answers
from auxnet_cli.inference.tile_merging import merge
from auxnet_cli.inspection import Inspection
from auxnet_cli.model.detection.anchors import make_anchors
from auxnet_cli.verdict.decoded_heads import Findings
from auxnet_cli.verdict.verdict import Verdict

BATCH = 8
"""Images or tiles that go through the network together: bounds the memory."""

ROOM = 32_000_000
"""Pixels of all the images that threads should inspect side by side. On its way through decoding
and drawing a pixel takes about 50 bytes, which 16 cores and large images would fill memory with."""


class NotFiniteError(AuxnetError):
    """The network's output is not a number; taken as it is, every part would pass as good."""

    def __init__(self) -> None:
        super().__init__(
            "The network's output is not a number (NaN or infinite): its weights are damaged; "
            "train anew or take another run."
        )


@dataclass(frozen=True)
class NetworkInspector:
    """A network with what is needed to read its output.

    Attributes:
        card: the model card.
        engine: what runs the network.
        decoder: what reads its output.
    """

    card: ModelCard
    engine: Engine
    decoder: Decoder

    @classmethod
    def of(cls, card: ModelCard, engine: Engine) -> Self:
        """An inspector around an engine."""
        decoder = Decoder(
            classes=card.classes,
            exclusive=card.label_kind == "exclusive",
            anchors=make_anchors(card.size, card.anchors),
            size=card.size,
            decision=card.decision,
        )
        return cls(card, engine, decoder)

    @property
    def threshold_rule(self) -> str:
        """How the verdict is reached, in words."""
        return Verdict(self.card.decision).rule(self.card.tasks)

    @property
    def workers(self) -> int:
        """Threads that may inspect side by side; 0 where one after the other is as fast."""
        return self.engine.requests if self.engine.requests > 1 else 0

    def inspect(self, images: Sequence[NDArray[np.uint8]]) -> list[Inspection]:
        """Inspect RGB images, each (height, width, 3) uint8 of any size; large ones in tiles.

        As many threads as ``engine.requests`` may call it at once.

        Raises:
            NotFiniteError: the network's weights are damaged.
            MismatchError: the network answers otherwise than the card says.
        """
        start = time.perf_counter()
        tiles = [windows(image.shape[0], image.shape[1], self.card.tile) for image in images]
        views = [
            image[tile.slices] for image, own in zip(images, tiles, strict=True) for tile in own
        ]
        parts = iter(
            findings
            for first in range(0, len(views), BATCH)
            for findings in self._find(views[first : first + BATCH])
        )
        rule = self.card.decision
        found = [
            self.decoder.conclude(
                merge(own, list(islice(parts, len(own))), rule.nms_iou, rule.max_boxes)
            )
            for own in tiles
        ]
        seconds = (time.perf_counter() - start) / len(images)
        return [replace(inspection, seconds=seconds) for inspection in found]

    def _find(self, images: Sequence[NDArray[np.uint8]]) -> list[Findings]:
        """The findings of images or tiles, as one batch."""
        batch = np.stack([resize_image(image, self.card.size) for image in images])
        outputs = self.engine.run(batch)
        check_answers(self.card, {name: value.shape[1:] for name, value in outputs.items()})
        if not all(np.isfinite(values).all() for values in outputs.values()):
            raise NotFiniteError
        return [
            self.decoder(
                {name: values[index] for name, values in outputs.items()}, *image.shape[:2]
            )
            for index, image in enumerate(images)
        ]
