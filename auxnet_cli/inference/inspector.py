"""The inspector: images of any size in, inspections out. All that predicts goes through it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.resize import resize_image
from auxnet_cli.data.samples.tiling import windows
from auxnet_cli.documents.model_card import MismatchError, ModelCard
from auxnet_cli.errors import AuxnetError
from auxnet_cli.exporting.artefacts import open_run
from auxnet_cli.inference.decoded_heads import Findings
from auxnet_cli.inference.decoding import Decoder
from auxnet_cli.inference.engines.engine import Engine, fixed_size
from auxnet_cli.inference.engines.opening import parallel_requests
from auxnet_cli.inference.tile_merging import merge
from auxnet_cli.inspection import Inspection
from auxnet_cli.model.detection.anchors import make_anchors
from auxnet_cli.settings import DecisionSettings
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.verdict.verdict import Verdict
from auxnet_cli.workspace import find_run

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
class Inspector:
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
    def of(cls, card: ModelCard, engine: Engine) -> "Inspector":
        """An inspector around an engine."""
        decoder = Decoder(
            classes=card.classes,
            exclusive=card.label_kind == "exclusive",
            anchors=make_anchors(card.size, card.anchors),
            size=card.size,
            decision=card.decision,
        )
        return cls(card, engine, decoder)

    @classmethod
    def open(
        cls,
        run: StrPath,
        engine: str = "auto",
        decision: DecisionSettings | None = None,
        threads: int | None = None,
        precision: str = "fp32",
        images: int = 1,
    ) -> "Inspector":
        """The inspector of a run; see :func:`auxnet_cli.exporting.artefacts.open_run`.

        Args:
            run: the run's folder, a file that :func:`auxnet_cli.workspace.find_run` takes for it,
                such as ``runs/latest``.
            engine: a name of ``inference.engines.opening.ENGINES``.
            decision: thresholds in place of the run's own.
            threads: of the CPU; all if not given.
            precision: of ``inference.engines.opening.PRECISIONS``.
            images: how many there are to inspect; many are inspected side by side, where the
                engine can, each by fewer threads.

        Raises:
            InputError: the run's model is missing or damaged, or the engine cannot be had.
            AuxnetError: the network could not be exported for the engine.
            MismatchError: the network takes images of another size than the card says.
        """
        run = as_path(run)
        if run.is_file():
            run = find_run(run)
        card = ModelCard.read(run / "model.json")
        if decision is not None:
            card = card.model_copy(update={"decision": decision})
        requests = parallel_requests(threads, images, card.tile.size is not None)
        opened = open_run(run, engine, threads, precision, requests)
        check_size(opened.size, card, run)
        return cls.of(card, opened)

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
            image[tile.place] for image, own in zip(images, tiles, strict=True) for tile in own
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
        self.card.check_answers({name: value.shape[1:] for name, value in outputs.items()})
        if not all(np.isfinite(values).all() for values in outputs.values()):
            raise NotFiniteError
        return [
            self.decoder(
                {name: values[index] for name, values in outputs.items()}, *image.shape[:2]
            )
            for index, image in enumerate(images)
        ]


def load_network(path: Path, card: ModelCard | None = None) -> Any:
    """Read a ``.keras`` file, in safe mode; see :func:`auxnet_cli.model.archive.load_archive`.

    Args:
        path: of the file.
        card: the model card that it must be the network of.

    Raises:
        InputError: it is missing or damaged, or claims more than it holds.
        MismatchError: the network is not what the card says.
    """
    from auxnet_cli.model.archive import load_archive

    network = load_archive(path)
    if card is not None:
        check_size(fixed_size(network.input_shape), card, path)
        card.check_answers({name: one.shape[1:] for name, one in network.output.items()})
    return network


def check_size(size: tuple[int, int] | None, card: ModelCard, source: Path) -> None:
    """Check that a network takes images of the size that its card says.

    Args:
        size: (height, width) that the network takes; ``None``: any.
        card: the model card.
        source: of the network, for the message.

    Raises:
        MismatchError: it takes another.
    """
    if size not in (None, card.size):
        given, described = (" × ".join(map(str, one)) for one in (size, card.size))
        raise MismatchError(
            f"{source} holds a network for images of {given} pixels, and its model.json says "
            f"{described}: take both files from the same training."
        )
