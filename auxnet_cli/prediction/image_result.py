"""Inspects an image file, and says what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.reading import decode_stored, open_image, read_file, to_bytes
from auxnet_cli.errors import InputError
from auxnet_cli.inference.network_inspector import ROOM, NetworkInspector
from auxnet_cli.inspection import Inspection
from auxnet_cli.plain_text import plain
from auxnet_cli.system.parallel import Room

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class ImageResult:
    """What became of one image file.

    Attributes:
        image: (height, width, 3) uint8 RGB; ``None``, like the inspection, if it was unreadable.
        error: why it could not be read.
    """

    path: Path
    image: NDArray[np.uint8] | None = None
    inspection: Inspection | None = None
    error: str | None = None


class FileInspector(Generic[Answer]):
    """Inspects image files. Several threads may use it at once.

    ``finish`` makes an answer of each result, while the memory for the image is reserved;
    ``unreadable`` says what is known beforehand not to be readable, and why.
    """

    def __init__(
        self,
        inspector: NetworkInspector,
        finish: Callable[[ImageResult], Answer],
        unreadable: Mapping[Path, str] | None = None,
    ) -> None:
        self._inspector, self._finish = inspector, finish
        self._unreadable = unreadable or {}
        self._room = Room(ROOM)

    def __call__(self, path: Path) -> Answer:
        """Inspects one image.

        Raises:
            NotFiniteError: the network's weights are damaged.
        """
        try:
            if path in self._unreadable:
                raise InputError(self._unreadable[path])
            image_file = open_image(read_file(path), path)
        except (InputError, OSError) as error:
            return self._refuse(path, error)
        with self._room.take(image_file.height * image_file.width):  # decoding takes memory, too
            try:
                image = to_bytes(decode_stored(image_file, path), self._inspector.card.bits)
            except InputError as error:
                return self._refuse(path, error)
            (inspection,) = self._inspector.inspect_batch([image])
            return self._finish(ImageResult(path, image, inspection))

    def _refuse(self, path: Path, error: Exception) -> Answer:
        return self._finish(ImageResult(path, error=plain(str(error))))
