"""Image and mask files to arrays, going by content and not by file name."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.image_header import check_whole, header_size, plain_samples
from auxnet_cli.errors import InputError

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"})
"""File names that are looked at when a folder is searched for images; lower case."""

MAX_PIXELS = 200_000_000
"""Larger images are refused undecoded: a small file can claim a size that fills memory."""

# What OpenCV prints of a bad file, this module says in one sentence.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def is_image_name(path: Path) -> bool:
    """Whether a file's name ends like an image's and is not hidden."""
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")


def read_image(path: Path) -> NDArray[np.uint8]:
    """Read an image as (height, width, 3) RGB, 0-255.

    Pixels are taken as stored: a rotation noted in EXIF is not applied, since annotations refer to
    the stored pixels. 16-bit images are scaled from their full range; an alpha channel is dropped.

    Raises:
        InputError: missing, empty, truncated, damaged, too large, or no image.
    """
    return decode_image(read_file(path), path)


def read_mask(path: Path) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Read a mask as (height, width) with the values stored in the file.

    A palette's indices are kept (not its colours), and so are samples of 1, 2 or 4 bits.

    Raises:
        InputError: as in :func:`read_image`, or the mask is in colour.
    """
    content = read_file(path)
    _check(content, path)
    grey, bits = plain_samples(content)
    mask = _decode(grey, cv2.IMREAD_UNCHANGED, path)
    if mask.ndim == 3:
        colours = mask[..., :3] if mask.shape[2] > 2 else mask[..., :1]
        if (colours != colours[..., :1]).any():
            raise InputError(f"{path} is in colour: a mask must be grey, or indexed.")
        mask = colours[..., 0]
    # OpenCV spreads samples of few bits over 0-255.
    return mask // mask.dtype.type(255 // (2**bits - 1)) if bits < 8 else mask


def image_size(path: Path) -> tuple[int, int]:
    """(height, width) in pixels, from the header alone.

    Raises:
        InputError: missing, empty, or no image.
    """
    return _size(read_file(path), path)


def read_file(path: Path) -> bytes:
    """The bytes of an image file.

    Raises:
        InputError: it is missing or a folder, may not be read, or is empty.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"There is no image {path}.") from None
    except IsADirectoryError:
        raise InputError(f"{path} is a folder, not an image.") from None
    except PermissionError:
        raise InputError(f"{path} may not be read: check its permissions.") from None
    if not content:
        raise InputError(f"{path} is empty (0 bytes): copy it again from its source.")
    return content


def decode_image(content: bytes, path: Path) -> NDArray[np.uint8]:
    """Decode as :func:`read_image` does; ``path`` only names the image in errors."""
    _check(content, path)
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH | cv2.IMREAD_IGNORE_ORIENTATION
    stored = _decode(content, flags, path)[..., ::-1]  # OpenCV's order is blue, green, red
    if stored.dtype == np.uint16:
        return ((stored.astype(np.uint32) + 128) // 257).astype(np.uint8)
    return np.ascontiguousarray(stored, dtype=np.uint8)


def _decode(content: bytes, flags: int, path: Path) -> NDArray[np.uint8] | NDArray[np.uint16]:
    pixels: Any
    try:
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    except cv2.error:
        pixels = None
    if pixels is None:
        raise InputError(f"{path} cannot be decoded: it is damaged or of an unknown variant.")
    if pixels.dtype not in (np.uint8, np.uint16):
        raise InputError(f"{path} holds {pixels.dtype} values: save it with 8 or 16 bits.")
    decoded: NDArray[np.uint8] | NDArray[np.uint16] = pixels
    return decoded


def _size(content: bytes, path: Path) -> tuple[int, int]:
    try:
        return header_size(content)
    except ValueError as error:
        raise InputError(f"{path} cannot be read: {error}.") from None


def _check(content: bytes, path: Path) -> None:
    height, width = _size(content, path)
    if height * width > MAX_PIXELS:
        raise InputError(
            f"{path} claims {width} x {height} pixels, more than the {MAX_PIXELS:,} "
            "that are taken: cut it into tiles."
        )
    try:
        check_whole(content)
    except ValueError as error:
        raise InputError(f"{path} cannot be read: {error}.") from None
