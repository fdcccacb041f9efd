"""What every writer takes: what became of one image."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Inspection
from auxnet_cli.prediction.output import Output


@dataclass(frozen=True)
class Model:
    """What made the predictions.

    Attributes:
        classes: the defect classes, in order.
        sha256: of the model file.
    """

    classes: tuple[str, ...]
    sha256: str


@dataclass(frozen=True)
class Result:
    """What became of one image.

    Attributes:
        path: the image, as it was named or found.
        stem: a file name for what is written about it, unique within one prediction.
        image: (height, width, 3) RGB; ``None`` if it could not be read.
        inspection: the findings; ``None`` if it could not be read.
        error: why it could not be read.
    """

    path: Path
    stem: str
    image: NDArray[np.uint8] | None = None
    inspection: Inspection | None = None
    error: str | None = None


Files = Mapping[str, list[str]]
"""The files made of one image, by format: paths below the output folder."""

Put = Callable[[Files], list[str]]
"""Writes what was rendered of one image. It is given the files that the formats before it made of
the image, and gives its own."""

Render = Callable[[Result], Put]
"""Renders one image's result, and keeps nothing of the image that is not to be written."""

Writer = Callable[[Output, Model], AbstractContextManager[Render]]
"""Opens a format in an output folder."""
