"""Writes predictions in many formats: one module a kind of file, registered in ``FORMATS``.

A writer is a context manager around a function that renders one image's result: that takes time,
and any thread may do it. Rendering returns a function that writes what was rendered: it is called
image by image, in their order. ``FORMATS`` stands in :mod:`auxnet_cli.prediction_files`.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.prediction.image_result import ImageResult
from auxnet_cli.prediction.output import Output

Files = Mapping[str, list[str]]
"""The files made of one image, by format: paths below the output folder."""

Put = Callable[[Files], list[str] | None]
"""Writes what was rendered of one image. It is given the files that the formats before it made of
the image, and returns its own, if any."""

Render = Callable[[ImageResult, str], Put]
"""Renders the result of one image, under a file stem that no other image has. It keeps nothing of
the image that is not to be written."""

Writer = Callable[[Output, ModelCard], AbstractContextManager[Render]]
"""Opens a format in an output folder."""
