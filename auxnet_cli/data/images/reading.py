"""Image and mask files to arrays, going by content and not by file name."""

import os
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.decoders import Stored, decode
from auxnet_cli.data.images.header import check_whole, header_size, plain_samples
from auxnet_cli.data.images.orientation import orientation, swaps_sides, upright
from auxnet_cli.errors import InputError

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})
"""File names that are looked at when a folder is searched for images; lower case."""

MAX_MEGAPIXELS = 50
"""Larger images are refused undecoded, unless the environment variable ``LIMIT`` says otherwise: an
image of so many with the masks of four classes takes 1.5 GB to inspect."""

LIMIT = "AUXNET_MAX_MEGAPIXELS"

FREE_PIXELS, PIXELS_A_BYTE = 32_000_000, 250
"""An image of more pixels than the first needs a byte in its file for each so many: a photograph
has a byte for 1 to 50, and only a bomb fills memory from a small file."""

UNREAD_SUFFIXES = frozenset(
    {
        ".arw", ".avif", ".cr2", ".cr3", ".dng", ".exr", ".gif", ".heic", ".heif", ".hif",
        ".j2k", ".jfif", ".jp2", ".jpe", ".jpf", ".jpx", ".jxl", ".jxr", ".nef", ".orf", ".pbm",
        ".pgm", ".pnm", ".ppm", ".raf", ".raw", ".rw2", ".tga", ".wdp",
    }
)  # fmt: skip
"""Names of images that no folder is searched for: most are in formats that are not read."""

MAX_BYTES = 2**31 - 1
"""Larger files are refused unread."""


def is_image_name(path: Path) -> bool:
    """Whether a file's name ends like an image's and is not hidden."""
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")


def read_image(path: Path, bits: int = 16) -> NDArray[np.uint8]:
    """Read an image as (height, width, 3) RGB, 0-255, turned upright as EXIF asks.

    Palettes and CMYK become RGB, an alpha channel is dropped, of several pages the first is read.

    Args:
        path: a PNG, JPEG, TIFF, BMP or WebP file, whatever it is called.
        bits: of the camera, where samples are stored in 16 bits: 2^bits - 1 becomes 255, and so
            does what is above. It is a matter of the data set, see ``image_traits.find_bits``.

    Raises:
        InputError: missing, empty, truncated, damaged, too large, or no image.
    """
    return to_bytes(decode_stored(read_file(path), path), bits)


def read_mask(path: Path) -> Stored:
    """Read a mask as (height, width) with the values stored in the file.

    A palette's indices are kept (not its colours), and so are samples of 1, 2 or 4 bits.

    Raises:
        InputError: as in :func:`read_image`, or the mask is in colour.
    """
    return decode_mask(read_file(path), path)


def decode_mask(content: bytes, path: Path) -> Stored:
    """Decode as :func:`read_mask` does; ``path`` only names the mask in errors."""
    _limited_size(content, path)
    _check(content, path)
    grey, bits = plain_samples(content)
    mask = _decode(grey, False, path)
    if mask.ndim == 3:
        colours = mask[..., :3] if mask.shape[2] > 2 else mask[..., :1]
        if (colours != colours[..., :1]).any():
            raise InputError(f"{path} is in colour: a mask must be grey, or indexed.")
        mask = colours[..., 0]
    # OpenCV spreads samples of few bits over 0-255.
    return mask // mask.dtype.type(255 // (2**bits - 1)) if bits < 8 else mask


def image_size(path: Path) -> tuple[int, int]:
    """(height, width) in pixels of the upright image, from the header alone.

    Raises:
        InputError: missing, empty, or no image.
    """
    content = read_file(path)
    return size_of(content, path)


def size_of(content: bytes, path: Path) -> tuple[int, int]:
    """As :func:`image_size`, of a file that was read; ``path`` only names it in errors."""
    height, width = _size(content, path)
    return (width, height) if swaps_sides(orientation(content)) else (height, width)


def pixels_of(content: bytes) -> int:
    """Pixels that a file claims in its header; 0 where it cannot be read, and will be refused."""
    try:
        height, width = header_size(content)
    except ValueError:
        return 0
    return height * width


def read_file(path: Path) -> bytes:
    """The bytes of an image file.

    Raises:
        InputError: it is missing, no file, may not be read, or is empty or too large.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder, not an image.")
        # Opening a pipe would wait for somebody to write into it.
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is no ordinary file: name an image.")
        with path.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > MAX_BYTES:
                raise InputError(
                    f"{path} has {size:,} bytes, more than the {MAX_BYTES:,} that are taken: cut "
                    "it into tiles."
                )
            content = stream.read()
    except FileNotFoundError:
        raise InputError(f"There is no image {path}.") from None
    except PermissionError:
        raise InputError(f"{path} may not be read: check its permissions.") from None
    except (OSError, ValueError) as error:  # a name too long or with a zero, a link to itself
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be read: {reason}.") from None
    if not content:
        raise InputError(f"{path} is empty (0 bytes): copy it again from its source.")
    return content


def decode_image(content: bytes, path: Path, bits: int = 16) -> NDArray[np.uint8]:
    """Decode as :func:`read_image` does; ``path`` only names the image in errors."""
    return to_bytes(decode_stored(content, path), bits)


def decode_stored(content: bytes, path: Path) -> Stored:
    """Decode as (height, width, 3) RGB, upright, with the samples that are stored.

    Raises:
        InputError: truncated, damaged, too large, or no image; ``path`` only names it there.
    """
    height, width = _limited_size(content, path)
    if height * width > max(FREE_PIXELS, PIXELS_A_BYTE * len(content)):
        raise InputError(
            f"{path} claims {width} x {height} pixels in {len(content):,} bytes, which no "
            "photograph does: save it again from its source."
        )
    _check(content, path)
    return _decode(content, True, path)


def to_bytes(stored: Stored, bits: int) -> NDArray[np.uint8]:
    """Samples as 0-255: those of 16 bits scaled so that 2^bits - 1 becomes 255, rounded."""
    if stored.dtype == np.uint8:
        return stored.astype(np.uint8, copy=False)
    scaled: NDArray[np.uint8] = cv2.convertScaleAbs(stored, alpha=255 / (2**bits - 1))
    return scaled


def _decode(content: bytes, colour: bool, path: Path) -> Stored:
    """Decode and turn upright, as (height, width, 3) RGB where ``colour`` is asked for."""
    try:
        pixels = decode(content, colour)
    except ValueError as error:
        raise InputError(f"{path} cannot be decoded: {error}.") from None
    return cast(Stored, upright(cast(Any, pixels), orientation(content)))


def _size(content: bytes, path: Path) -> tuple[int, int]:
    try:
        return header_size(content)
    except ValueError as error:
        raise InputError(f"{path} cannot be read: {error}.") from None


def _limited_size(content: bytes, path: Path) -> tuple[int, int]:
    """(height, width) in pixels as stored, of a file that is not too large."""
    height, width = _size(content, path)
    most = most_pixels()
    if height * width > most:
        raise InputError(
            f"{path} claims {width} x {height} pixels, more than the {most:,} that are "
            f"taken: cut it into tiles, or set {LIMIT} in the environment to take larger ones."
        )
    return height, width


def _check(content: bytes, path: Path) -> None:
    try:
        check_whole(content)
    except ValueError as error:
        raise InputError(f"{path} cannot be read: {error}.") from None


def most_pixels() -> int:
    """The pixels of the largest image that is taken.

    Raises:
        InputError: the environment variable ``LIMIT`` is no number of megapixels.
    """
    text = os.environ.get(LIMIT, "")
    try:
        limit = int(text or MAX_MEGAPIXELS)
    except ValueError:
        limit = 0
    if not 1 <= limit <= 1000:
        raise InputError(f"{LIMIT} is '{text}': give whole megapixels from 1 to 1000.")
    return limit * 1_000_000
