"""Generates images with exact masks: a source that needs no folder."""

from collections.abc import Iterator
from functools import partial

import cv2

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.source import Labels, Request, Source, SourceImage
from auxnet_cli.data.synthetic import LOOKS, generate
from auxnet_cli.errors import InputError, nearest


def read(request: Request, audit: Audit) -> Source:
    """Opens the series of a look and seed; it has no oddities, so the audit stays as it is.

    Raises:
        InputError: there is no such look, fewer than one image, or a folder is named.
    """
    if request.folder is not None:
        raise InputError(f"A synthetic set is made, not read: leave out {request.folder}.")
    if request.look not in LOOKS:
        raise InputError(
            f"There is no look '{request.look}'.{nearest(request.look, list(LOOKS))} "
            f"Looks: {', '.join(LOOKS)}."
        )
    if request.images < 1:
        raise InputError(f"--images is {request.images}, but at least one image must be made.")
    classes, images = LOOKS[request.look], _images(request)
    return Source(None, classes, images, request.images, "multi-label", keeps_unseen=True)


def _images(request: Request) -> Iterator[SourceImage]:
    for number in range(request.images):
        pixels, masks = generate(request.look, number, request.seed)
        content = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes()
        labels = [(name, masks[..., label]) for label, name in enumerate(LOOKS[request.look])]
        name = f"{request.look}-{number:05d}.png"
        yield SourceImage(name, name, content, partial(_labels, labels))


def _labels(labels: Labels, _height: int, _width: int) -> Labels:
    return labels
