"""Writes the results of images in all chosen formats, in their order, and counts them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from auxnet_cli.documents.prediction import UnreadableImage
from auxnet_cli.errors import AuxnetError
from auxnet_cli.plain_text import plain
from auxnet_cli.prediction.image_result import ImageResult
from auxnet_cli.prediction.output import Output
from auxnet_cli.prediction.writers import Put, Render


@dataclass(frozen=True)
class RenderedImage:
    """A result that only needs to be written; the image itself is no longer held.

    ``puts`` has what writes it, by format; the others are those of :class:`ImageResult`.
    """

    path: Path
    puts: Mapping[str, Put]
    verdict: str | None = None
    seconds: float | None = None
    error: str | None = None


def render(result: ImageResult, stem: str, renders: Mapping[str, Render]) -> RenderedImage:
    """Renders a result in all formats, under a file stem that is unique within one prediction."""
    puts = {name: render_in_format(result, stem) for name, render_in_format in renders.items()}
    if result.inspection is None:
        return RenderedImage(result.path, puts, error=result.error)
    return RenderedImage(result.path, puts, result.inspection.verdict, result.inspection.seconds)


class ResultWriter:
    """Writes results and counts them; if ``strict``, an unreadable image ends the work.

    Attributes:
        verdicts: how many images have each verdict.
        errors: the images that could not be read.
    """

    def __init__(self, output: Output, strict: bool = False) -> None:
        self._output, self._strict = output, strict
        self._seconds: list[float] = []
        self.verdicts: Counter[str] = Counter()
        self.errors: list[UnreadableImage] = []

    @property
    def inspected(self) -> int:
        """Images that could be read."""
        return self.verdicts.total()

    @property
    def images(self) -> int:
        """Images that are done, whether or not they could be read."""
        return self.inspected + len(self.errors)

    @property
    def seconds_per_image(self) -> float | None:
        """Median time in the network; ``None`` if no image was timed."""
        return round(median(self._seconds), 5) if self._seconds else None

    def write(self, rendered: RenderedImage) -> None:
        """Writes one image in every format, and counts it.

        Raises:
            AuxnetError: ``strict``, and it could not be read; or the output folder is gone.
            OSError: the disk refuses.
        """
        if rendered.error is not None and self._strict:
            raise AuxnetError(
                f"{rendered.error} Nothing after it was inspected, as `strict` asks: mend or "
                "remove the image, or predict without `strict`."
            )
        files: dict[str, list[str]] = {}
        for name, put in rendered.puts.items():
            made = put(files)
            if made:
                files[name] = made
        self._output.keep()
        if rendered.verdict is None:
            path = plain(rendered.path.as_posix())
            self.errors.append(UnreadableImage(path=path, error=rendered.error or ""))
            return
        self.verdicts[rendered.verdict] += 1
        if rendered.seconds is not None:
            self._seconds.append(rendered.seconds)
