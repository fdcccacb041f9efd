"""Images, and the files that hold them."""

import io
import struct
import zlib

import cv2
import numpy as np
from PIL import Image

from auxnet_cli.data.images.reading import decode_stored, open_image

NOISE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
PICTURE = cv2.resize(NOISE, (600, 400), interpolation=cv2.INTER_CUBIC)

NO_EXIF = b"Exif\0\0II*\0\x08\0\0\0\0\0"
WEBP_OPTIONS = [
    {"lossless": True},
    {"lossless": True, "quality": 100, "method": 0},
    {"quality": 80},
    {"quality": 20, "method": 6},
    {"quality": 95, "method": 0, "exif": NO_EXIF},
]
TIFF_CODECS = ("tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "packbits", "jpeg")


def saved(pixels, kind, **options):
    """A file as Pillow writes it, of an array or an image."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def turn(code):
    """EXIF that asks for a turn."""
    exif = Image.Exif()
    exif[0x0112] = code
    return exif


def encoded(suffix, pixels=NOISE):
    """A file as OpenCV writes it; its order is blue, green, red."""
    return cv2.imencode(suffix, pixels)[1].tobytes()


def chunk(kind, content):
    """A part of a PNG file."""
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def bombs(side=50_000):
    """Small files that claim ``side`` x ``side`` pixels, by suffix."""
    tiff, bmp, jpeg = (bytearray(encoded(suffix)) for suffix in (".tif", ".bmp", ".jpg"))
    for tag in (256, 257):
        at = tiff.index(struct.pack("<HH", tag, 3), struct.unpack_from("<I", tiff, 4)[0])
        struct.pack_into("<H", tiff, at + 8, side)
    struct.pack_into("<ii", bmp, 18, side, side)
    struct.pack_into(">HH", jpeg, jpeg.index(b"\xff\xc0") + 5, side, side)
    png = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    png += chunk(b"IDAT", zlib.compress(bytes(20_000_000), 9) * 8) + chunk(b"IEND", b"")
    webp = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4)
    webp += (side - 1).to_bytes(3, "little") * 2
    files = {"png": b"\x89PNG\r\n\x1a\n" + png, "tif": tiff, "bmp": bmp, "jpg": jpeg, "webp": webp}
    return {suffix: bytes(content) for suffix, content in files.items()}


def stored(content):
    return decode_stored(open_image(content, "a"), "a")


def by_pillow(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)
