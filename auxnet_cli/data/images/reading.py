"""Reads image and mask files into arrays, going by content and not by file name."""

import os
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.formats import check_whole, open_content
from auxnet_cli.data.images.image_file import ImageFile, Stored, upright
from auxnet_cli.errors import InputError

LIMIT = "AUXNET_MAX_MEGAPIXELS"
"""The environment variable that replaces :data:`MAX_MEGAPIXELS`."""

MAX_MEGAPIXELS = 50
"""Larger images are refused undecoded: an image of this size with the masks of four classes takes
1.5 GB to inspect."""

MAX_BYTES = 2**31 - 1
"""Larger files are refused unread."""

# An image with more than the free pixels must have a byte in its file for every 250 pixels: a
# photograph has a byte for 1 to 50, and only a bomb fills memory from a small file.
_FREE_PIXELS, _PIXELS_PER_BYTE = 32_000_000, 250


def read_image(path: Path, bits: int = 16) -> NDArray[np.uint8]:
    """Reads an image as (height, width, 3) RGB, 0-255, turned upright as EXIF asks.

    Palettes and CMYK become RGB, an alpha channel is dropped, the first of several pages is read.

    Args:
        path: a PNG, JPEG, TIFF, BMP or WebP file, whatever it is called.
        bits: depth of the camera, where samples are stored in 16 bits: 2^bits - 1 becomes 255, and
            so does what is above. It belongs to the data set, see :func:`traits.find_bits`.

    Raises:
        InputError: the file is missing, empty, truncated, damaged, too large, or no image.
    """
    return decode_image(read_file(path), path, bits)


def decode_image(content: bytes, path: Path, bits: int = 16) -> NDArray[np.uint8]:
    """Decodes as :func:`read_image` does; ``path`` only names the image in errors."""
    return to_bytes(decode_stored(open_image(content, path), path), bits)


def read_mask(path: Path) -> Stored:
    """Reads a mask as (height, width) with the values stored in the file.

    A palette's indices are kept (not its colours), and so are samples of 1, 2 or 4 bits.

    Raises:
        InputError: as in :func:`read_image`, or the mask is in colour.
    """
    return decode_mask(read_file(path), path)


def decode_mask(content: bytes, path: Path) -> Stored:
    """Decodes as :func:`read_mask` does; ``path`` only names the mask in errors."""
    image = open_image(content, path)
    _check_size(image, path)
    mask = _decode(image, False, path)
    if mask.ndim == 3:
        colours = mask[..., :3] if mask.shape[2] > 2 else mask[..., :1]
        if (colours != colours[..., :1]).any():
            raise InputError(f"{path} is in colour: a mask must be grey, or indexed.")
        mask = colours[..., 0]
    return mask


def open_image(content: bytes, path: Path) -> ImageFile:
    """Parses the header of an image file; ``path`` only names it in errors.

    Raises:
        InputError: the file is no image, or its header is damaged.
    """
    try:
        return open_content(content)
    except ValueError as error:
        raise InputError(f"{path} cannot be read: {error}.") from None


def decode_stored(image: ImageFile, path: Path) -> Stored:
    """Decodes as (height, width, 3) RGB, upright, with the samples that are stored.

    Raises:
        InputError: the image is truncated, damaged or too large; ``path`` only names it there.
    """
    _check_size(image, path)
    size = len(image.content)
    if image.height * image.width > max(_FREE_PIXELS, _PIXELS_PER_BYTE * size):
        raise InputError(
            f"{path} claims {image.width} x {image.height} pixels in {size:,} bytes, which no "
            "photograph does: save it again from its source."
        )
    return _decode(image, True, path)


def to_bytes(stored: Stored, bits: int) -> NDArray[np.uint8]:
    """Returns samples as 0-255: those of 16 bits scaled so that 2^bits - 1 becomes 255, rounded."""
    if stored.dtype == np.uint8:
        return stored.astype(np.uint8, copy=False)
    scaled: NDArray[np.uint8] = cv2.convertScaleAbs(stored, alpha=255 / (2**bits - 1))
    return scaled


def read_file(path: Path) -> bytes:
    """Reads the bytes of an image file.

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


def _decode(image: ImageFile, colour: bool, path: Path) -> Stored:
    """Decodes a file that is whole, and turns it upright."""
    try:
        check_whole(image)
    except ValueError as error:
        raise InputError(f"{path} cannot be read: {error}.") from None
    try:
        return upright(image.decode(colour), image.orientation)
    except ValueError as error:
        raise InputError(f"{path} cannot be decoded: {error}.") from None


def _check_size(image: ImageFile, path: Path) -> None:
    """Checks that an image has no more pixels than are taken."""
    text = os.environ.get(LIMIT, "")
    try:
        limit = int(text or MAX_MEGAPIXELS)
    except ValueError:
        limit = 0
    if not 1 <= limit <= 1000:
        raise InputError(f"{LIMIT} is '{text}': give whole megapixels from 1 to 1000.")
    most = limit * 1_000_000
    if image.height * image.width > most:
        raise InputError(
            f"{path} claims {image.width} x {image.height} pixels, more than the {most:,} that are "
            f"taken: cut it into tiles, or set {LIMIT} in the environment to take larger ones."
        )
