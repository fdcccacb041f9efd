"""Opens the image files of a data set, and none that lies outside of it."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.images.image_file import ImageFile
from auxnet_cli.data.images.reading import decode_stored, open_image, read_file, to_bytes
from auxnet_cli.errors import InputError
from auxnet_cli.system.containment import check_inside


def open_record(record: Record) -> ImageFile:
    """Parses the header of an image, wherever links within the data set lead.

    Raises:
        InputError: the image is missing or none, has another size than its truth, or is a link
            that leads out of the data set.
    """
    if record.home is not None:
        check_inside(record.path, record.home)
    image = open_image(read_file(record.path), record.path)
    height, width = image.upright_size
    if (height, width) != (record.height, record.width):
        raise InputError(
            f"{record.path} is {width} x {height} pixels, but was "
            f"{record.width} x {record.height} when the data set was prepared."
        )
    return image


def read_record(record: Record, bits: int | None = None) -> NDArray[np.uint8]:
    """Reads an image as (height, width, 3) RGB, 0-255, at the camera's or the data set's bits.

    Raises:
        InputError: as in :func:`open_record`, or the image cannot be decoded.
    """
    image = open_record(record)  # the size is checked before the pixels, which take memory
    stored = decode_stored(image, record.path)
    return to_bytes(stored, record.bits if bits is None else bits)


def copy_record(record: Record, target: Path) -> None:
    """Copies an image to where another program may write: never a link, which shares its bytes.

    Raises:
        InputError: as in :func:`open_record`.
        OSError: the disk refuses.
    """
    content = open_record(record).content
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
