"""Opens a run and inspects images with it: the way that commands and Python programs predict."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, fields, replace
from typing import Self, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.reading import read_image
from auxnet_cli.documents.model_card import CARD, ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.engines.opening import parallel_requests
from auxnet_cli.inference.inputs import read_inputs
from auxnet_cli.inference.network_file import check_size
from auxnet_cli.inference.network_inspector import NetworkInspector
from auxnet_cli.inspection import Inspection
from auxnet_cli.open_run import open_run
from auxnet_cli.prediction.image_result import FileInspector, ImageResult
from auxnet_cli.reports.overlay.drawing import draw
from auxnet_cli.settings import DecisionSettings
from auxnet_cli.system.parallel import in_order
from auxnet_cli.system.paths import StrPath, as_path, as_paths
from auxnet_cli.workspace import find_run

Pixels = NDArray[np.uint8]
Image: TypeAlias = Pixels | StrPath
"""(height, width, 3) uint8 RGB, or the path of an image file."""


@dataclass(frozen=True)
class ImageInspection(Inspection):
    """An inspection that holds its image, and so can draw itself.

    Attributes:
        image: (height, width, 3) uint8 RGB.
    """

    image: Pixels = field(kw_only=True, repr=False, compare=False)

    @classmethod
    def of(cls, inspection: Inspection, image: Pixels) -> Self:
        """Adds the image to an inspection."""
        known = {each.name: getattr(inspection, each.name) for each in fields(Inspection)}
        return cls(**known, image=image)

    def draw(self, image: Pixels | None = None) -> Pixels:
        """Draws masks, boxes and the verdict, as ``predict`` draws its overlays.

        Args:
            image: (height, width, 3) uint8 RGB to draw on; the inspected one if not given.

        Returns:
            An RGB picture, wider and higher than the image.
        """
        return draw(self.image if image is None else image, self)

    def _repr_png_(self) -> bytes:
        """Shows the picture in a notebook."""
        return bytes(cv2.imencode(".png", cv2.cvtColor(self.draw(), cv2.COLOR_RGB2BGR))[1])


class Inspector(NetworkInspector):
    """Inspects images with the network of a run.

    Example:
        >>> inspector = Inspector.open("runs/latest")
        >>> inspector.inspect("strip.png").verdict
        'defective'
    """

    @classmethod
    def open(
        cls,
        run: StrPath = "runs/latest",
        engine: str = "auto",
        decision: DecisionSettings | None = None,
        threads: int | None = None,
        precision: str = "fp32",
        images: int = 1,
        mirrored: bool = False,
    ) -> Self:
        """Opens a run; see :func:`auxnet_cli.open_run.open_run`.

        Args:
            run: the run's folder, or a file that :func:`auxnet_cli.workspace.find_run` takes for
                it, such as ``runs/latest``.
            engine: a name of ``inference.engines.registry.ENGINES``, or ``auto``.
            decision: thresholds in place of the run's.
            threads: of the CPU; all if not given.
            precision: ``fp32``, ``bf16`` or ``int8``.
            images: how many there are to inspect; many are inspected side by side, where the
                engine can, each by fewer threads.
            mirrored: also inspect mirror images, as ``decision.mirrored`` says.

        Raises:
            InputError: the run's model is missing or damaged, or the engine is not available.
            AuxnetError: the network could not be exported for the engine.
            MismatchError: the network takes images of another size than the card says.
        """
        run = as_path(run)
        if not run.is_dir():
            run = find_run(run)
        card = ModelCard.read(run / CARD)
        if decision is not None:
            card = card.model_copy(update={"decision": decision})
        if mirrored:
            both = card.decision.model_copy(update={"mirrored": True})
            card = card.model_copy(update={"decision": both})
        requests = parallel_requests(threads, images, card.tile.size is not None)
        opened = open_run(run, engine, threads, precision, requests)
        check_size(opened.size, card, run)
        return cls.of(card, opened)

    def inspect(self, image: Image) -> ImageInspection:
        """Inspects one image of any size.

        Args:
            image: (height, width, 3) uint8 RGB, or the path of an image file.

        Raises:
            InputError: the array has another shape or type, or the file cannot be read.
            NotFiniteError: the network's weights are damaged.
        """
        pixels = self._pixels(image)
        (inspection,) = self.inspect_batch([pixels])
        return ImageInspection.of(inspection, pixels)

    def inspect_many(self, images: Iterable[Image]) -> Iterator[ImageInspection]:
        """Inspects images one by one, in their order, side by side where the engine can.

        Raises:
            InputError: as for :meth:`inspect`, when that image's turn comes.
        """
        with closing(in_order(self.inspect, images, self.workers, 2 * self.workers)) as answers:
            yield from answers

    def inspect_files(self, inputs: StrPath | Sequence[StrPath]) -> Iterator[ImageResult]:
        """Inspects the images of folders, files and patterns one by one; writes nothing.

        Args:
            inputs: as ``predict`` takes them.

        Yields:
            For each file its ``path`` and its ``inspection``, or the ``error`` of one that cannot
            be read.

        Raises:
            InputError: an input does not exist or holds no image.
        """
        files = read_inputs(as_paths(inputs))
        inspect = FileInspector(self, _drawable, files.unreadable)
        with closing(in_order(inspect, files.paths, self.workers, 2 * self.workers)) as results:
            yield from results

    def _pixels(self, image: Image) -> Pixels:
        if not isinstance(image, np.ndarray):
            return read_image(as_path(image), self.card.bits)
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
            raise InputError(
                f"`image` is of shape {image.shape} and type {image.dtype}, but must be (height, "
                "width, 3) uint8 RGB: with OpenCV, cv2.cvtColor(image, cv2.COLOR_BGR2RGB)."
            )
        return image


def _drawable(result: ImageResult) -> ImageResult:
    if result.image is None or result.inspection is None:
        return result
    return replace(result, inspection=ImageInspection.of(result.inspection, result.image))
