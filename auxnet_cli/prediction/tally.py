"""Counts what was found while outcomes are written, image by image."""

from collections import Counter
from statistics import median
from typing import Any

from auxnet_cli.errors import AuxnetError
from auxnet_cli.plain_text import plain
from auxnet_cli.prediction.image_result import Outcome
from auxnet_cli.prediction.writers import Output


class Tally:
    """What was found so far.

    Args:
        output: where to write.
        strict: whether the first image that cannot be read stops the work.

    Attributes:
        errors: ``path`` and ``error`` of each image that could not be read.
    """

    def __init__(self, output: Output, strict: bool = False) -> None:
        self._output, self._strict = output, strict
        self._verdicts: Counter[str] = Counter()
        self._seconds: list[float] = []
        self.errors: list[dict[str, str | None]] = []

    @property
    def inspected(self) -> int:
        """Images that could be read."""
        return self._verdicts.total()

    @property
    def images(self) -> int:
        """Images that are done, whether or not they could be read."""
        return self.inspected + len(self.errors)

    def add(self, outcome: Outcome) -> None:
        """Write one image's outcome in every format, and count it.

        Raises:
            AuxnetError: ``strict``, and it could not be read; or the output folder is gone.
            OSError: the disk refuses.
        """
        if outcome.error is not None and self._strict:
            raise AuxnetError(
                f"{outcome.error} Nothing after it was inspected, as --strict asks: mend or "
                "remove the image, or predict without --strict."
            )
        files: dict[str, list[str]] = {}
        for name, put in outcome.puts.items():
            made = put(files)
            if made:
                files[name] = made
        self._output.keep()
        if outcome.verdict is None:
            path = plain(outcome.path.as_posix())
            self.errors.append({"path": path, "error": outcome.error})
            return
        self._verdicts[outcome.verdict] += 1
        if outcome.seconds is not None:
            self._seconds.append(outcome.seconds)

    def document(self) -> dict[str, Any]:
        """The counts, as :func:`auxnet_cli.jobs.predict.predict` gives them."""
        return {
            "images": self.images,
            "defective": self._verdicts["defective"],
            "good": self._verdicts["good"],
            "unreadable": len(self.errors),
            "errors": self.errors,
            "seconds_per_image": round(median(self._seconds), 5) if self._seconds else None,
        }
