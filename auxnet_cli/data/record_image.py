"""The pixels of an image of a data set."""

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.images import decode_image, read_file, size_of
from auxnet_cli.errors import InputError


def read_record(record: Record, bits: int | None = None) -> NDArray[np.uint8]:
    """Read an image as (height, width, 3) RGB, 0-255.

    Args:
        record: the image.
        bits: of the camera, as :func:`images.decode_image` takes them; the data set's if not given.

    Raises:
        InputError: it cannot be read, or has another size than its truth.
    """
    content = read_file(record.path)
    height, width = size_of(content, record.path)
    if (height, width) != (record.height, record.width):
        raise InputError(
            f"{record.path} is {width} x {height} pixels, but was "
            f"{record.width} x {record.height} when the data set was prepared."
        )
    return decode_image(content, record.path, record.bits if bits is None else bits)
