"""The outcome of an image file: read, inspected and rendered, so that only writing is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.data.images.reading import decode_stored, open_image, read_file, to_bytes
from auxnet_cli.errors import InputError
from auxnet_cli.inference.network_inspector import ROOM, NetworkInspector
from auxnet_cli.plain_text import plain
from auxnet_cli.prediction.writers import Put, Render, Result
from auxnet_cli.system.parallel import Room


@dataclass(frozen=True)
class Outcome:
    """What became of one image; the image itself is let go of.

    Attributes:
        path: the image, as it was named or found.
        puts: by format, what writes it.
        verdict: ``None`` if it could not be read.
        seconds: as in :class:`auxnet_cli.inspection.Inspection`.
        error: why it could not be read.
    """

    path: Path
    puts: Mapping[str, Put]
    verdict: str | None = None
    seconds: float | None = None
    error: str | None = None


class FileInspector:
    """Takes an image file from reading to rendering. Several threads may use it at once.

    Args:
        inspector: a model, ready to inspect.
        bits: of the camera, where images are stored with 16.
        renders: of the formats to write.
        unreadable: what is known beforehand not to be readable, and why.
    """

    def __init__(
        self,
        inspector: NetworkInspector,
        bits: int,
        renders: Mapping[str, Render],
        unreadable: Mapping[Path, str] | None = None,
    ) -> None:
        self._inspector, self._bits, self._renders = inspector, bits, renders
        self._unreadable = unreadable or {}
        self._room = Room(ROOM)

    def __call__(self, path: Path, stem: str) -> Outcome:
        """Inspect one image.

        Args:
            path: the image.
            stem: a file name for what is written about it.

        Raises:
            NotFiniteError: the network's weights are damaged.
        """
        try:
            if path in self._unreadable:
                raise InputError(self._unreadable[path])
            image_file = open_image(read_file(path), path)
        except (InputError, OSError) as error:
            return self._refused(path, stem, error)
        with self._room.take(image_file.height * image_file.width):  # decoding takes memory, too
            try:
                image = to_bytes(decode_stored(image_file, path), self._bits)
            except InputError as error:
                return self._refused(path, stem, error)
            (found,) = self._inspector.inspect([image])
            puts = self._render(Result(path, stem, image, found))
            return Outcome(path, puts, found.verdict, found.seconds)

    def _refused(self, path: Path, stem: str, error: Exception) -> Outcome:
        reason = plain(str(error))
        return Outcome(path, self._render(Result(path, stem, error=reason)), error=reason)

    def _render(self, result: Result) -> dict[str, Put]:
        return {name: render(result) for name, render in self._renders.items()}
