"""Made-up images with exact masks: a source that needs no folder."""

from collections.abc import Iterator
from functools import partial

import cv2

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources import Labels, Request, Source, SourceImage
from auxnet_cli.data.synthetic import LOOKS, generate
from auxnet_cli.errors import InputError, nearest


def read(request: Request, audit: Audit) -> Source:
    """Open the series of a look and seed; nothing in it can be odd, so the audit stays as it is.

    Raises:
        InputError: no such look, fewer than one image, or a folder was named.
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
    return Source(None, LOOKS[request.look], True, "multi-label", request.images, _images(request))


def _images(request: Request) -> Iterator[SourceImage]:
    for number in range(request.images):
        made = generate(request.look, number, request.seed)
        bgr = cv2.cvtColor(made.image, cv2.COLOR_RGB2BGR)
        content = cv2.imencode(".png", bgr)[1].tobytes()
        classes = LOOKS[request.look]
        layers = [(name, made.masks[..., label]) for label, name in enumerate(classes)]
        name = f"{request.look}-{number:05d}.png"
        yield SourceImage(name, name, content, partial(_labels, layers))


def _labels(layers: Labels, _height: int, _width: int) -> Labels:
    return layers
