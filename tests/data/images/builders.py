"""Images, and the files that hold them."""

import io

import cv2
import numpy as np
from PIL import Image

from auxnet_cli.data.images.reading import decode_stored, open_image

NOISE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
PICTURE = cv2.resize(NOISE, (600, 400), interpolation=cv2.INTER_CUBIC)


def saved(pixels, kind, **options):
    """A file as Pillow writes it, of an array or an image."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def encoded(suffix, pixels=NOISE):
    """A file as OpenCV writes it; its order is blue, green, red."""
    return cv2.imencode(suffix, pixels)[1].tobytes()


def stored(content):
    return decode_stored(open_image(content, "a"), "a")


def by_pillow(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)
