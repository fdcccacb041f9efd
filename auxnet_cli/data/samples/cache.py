"""Caches decoded images on disk, for trainings that wait for decoding."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.images.resize import resize_image
from auxnet_cli.data.record_image import read_record
from auxnet_cli.data.samples.tiling import Window
from auxnet_cli.system.containment import check_inside
from auxnet_cli.system.files import whole_file


@dataclass(frozen=True)
class ImageCache:
    """Keeps images at the network's size; of images that are cut into tiles, all pixels.

    A file is made when its image is read first. Preparing the data set anew removes the cache with
    the rest of the data set's folder.

    Attributes:
        folder: where the cache lies; ``None`` decodes every time.
    """

    folder: Path | None = None

    def read(self, record: Record, window: Window, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Returns the pixels of a window at ``size``, (height, width, 3) RGB.

        Raises:
            InputError: the image cannot be read, or has another size than its truth; or the cache
                is a link that leads out of the data set.
        """
        if self.folder is None:
            return resize_image(read_record(record)[window.slices], size)
        if (window.height, window.width) == (record.height, record.width):
            path = self.folder / f"{size[0]}x{size[1]}" / f"{record.name}.npy"
            return _load(record, path, size)
        path = self.folder / "full" / f"{record.name}.npy"
        return resize_image(_load(record, path)[window.slices], size)


NO_CACHE = ImageCache()


def _load(record: Record, path: Path, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    if record.home is not None:
        check_inside(path, record.home)
    try:
        # Mapped, so that only the tile's rows of a large image are read.
        cached: NDArray[np.uint8] = np.load(path, mmap_mode="r", allow_pickle=False)
        if cached.dtype == np.uint8 and cached.ndim == 3:
            return cached
    except (OSError, ValueError, EOFError):
        pass  # not there yet, or cut short by a crash: made anew
    image = read_record(record)
    if size is not None:
        image = resize_image(image, size)
    with whole_file(path) as temporary, temporary.open("wb") as stream:
        np.save(stream, image, allow_pickle=False)
    return image
