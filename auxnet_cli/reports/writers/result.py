"""What every writer takes: what became of one image."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Inspection


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
        files: what other writers made of it, by format: paths below the output folder.
    """

    path: Path
    stem: str
    image: NDArray[np.uint8] | None = None
    inspection: Inspection | None = None
    error: str | None = None
    files: Mapping[str, list[str]] = field(default_factory=dict)


Write = Callable[[Result], list[str]]
"""Writes one image's result and gives the paths, below the output folder, of files made for it."""

Writer = Callable[[Path, Model], AbstractContextManager[Write]]
"""Opens a format in an output folder."""
