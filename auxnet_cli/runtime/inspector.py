"""The inspector: images of any size in, inspections out. All that predicts goes through it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.resize import resize_image
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.inspection import Inspection
from auxnet_cli.model.anchors import make_anchors
from auxnet_cli.model.decode import Decoder
from auxnet_cli.model.findings import Findings
from auxnet_cli.model.seams import merge
from auxnet_cli.model.verdict import Verdict
from auxnet_cli.paths import StrPath, as_path
from auxnet_cli.runtime.artefacts import open_run
from auxnet_cli.runtime.card import ModelCard
from auxnet_cli.runtime.engine import Engine
from auxnet_cli.runtime.engines import parallel_requests
from auxnet_cli.settings import DecisionSettings
from auxnet_cli.tiling import windows
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
        """The inspector of a run; see :func:`auxnet_cli.runtime.artefacts.open_run`.

        Args:
            run: the run's folder, a file that :func:`auxnet_cli.workspace.find_run` takes for it,
                such as ``runs/latest``.
            engine: a name of ``runtime.engines.ENGINES``.
            decision: thresholds in place of the run's own.
            threads: of the CPU; all if not given.
            precision: of ``runtime.engines.PRECISIONS``.
            images: how many there are to inspect; many are inspected side by side, where the
                engine can, each by fewer threads.

        Raises:
            InputError: the run's model is missing or damaged, or the engine cannot be had.
            AuxnetError: the network could not be exported for the engine.
        """
        run = as_path(run)
        if run.is_file():
            run = find_run(run)
        card = ModelCard.read(run / "model.json")
        if decision is not None:
            card = card.model_copy(update={"decision": decision})
        requests = parallel_requests(threads, images, card.tile.size is not None)
        return cls.of(card, open_run(run, engine, threads, precision, requests))

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
        if not all(np.isfinite(values).all() for values in outputs.values()):
            raise NotFiniteError
        return [
            self.decoder(
                {name: values[index] for name, values in outputs.items()}, *image.shape[:2]
            )
            for index, image in enumerate(images)
        ]


def load_network(path: Path) -> Any:
    """Read a ``.keras`` file, in safe mode.

    Raises:
        InputError: it is missing or damaged.
    """
    from auxnet_cli.backend import keras

    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises whatever the archive's parts raise
        text = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path} cannot be read as a model ({text}).") from None
