"""The image file of a data set: where it lies, its bytes and its pixels.

Nothing else opens an image of a data set, and this opens nothing that lies outside of it.
"""

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.images.reading import decode_image, image_size, read_file, size_of
from auxnet_cli.errors import InputError
from auxnet_cli.system.containment import check_inside


def image_file(record: Record) -> Path:
    """The file of an image, wherever links within the data set lead.

    Raises:
        InputError: a link leads out of the data set.
    """
    if record.home is not None:
        check_inside(record.path, record.home)
    return record.path


def read_record(record: Record, bits: int | None = None) -> NDArray[np.uint8]:
    """Read an image as (height, width, 3) RGB, 0-255.

    Args:
        record: the image.
        bits: of the camera, as :func:`images.decode_image` takes them; the data set's if not given.

    Raises:
        InputError: it cannot be read, has another size than its truth, or is a link that leads out
            of the data set.
    """
    file = image_file(record)
    content = read_file(file)
    _check_size(record, size_of(content, file))  # before the pixels, which take memory
    return decode_image(content, file, record.bits if bits is None else bits)


def copy_record(record: Record, target: Path) -> None:
    """Copy an image to where another program may write: never a link, which would share its bytes.

    Raises:
        InputError: it is missing or no image, has another size than its truth, or is a link that
            leads out of the data set.
        OSError: the disk refuses.
    """
    file = image_file(record)
    _check_size(record, image_size(file))
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, target)


def _check_size(record: Record, size: tuple[int, int]) -> None:
    if size != (record.height, record.width):
        raise InputError(
            f"{record.path} is {size[1]} x {size[0]} pixels, but was "
            f"{record.width} x {record.height} when the data set was prepared."
        )
