"""A sample: one image and the one truth from which labels, masks and boxes are all derived."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.images.resize import resize_mask
from auxnet_cli.data.labels.hull import Corners, Floats, Hull, hull_corners
from auxnet_cli.data.labels.rle import decode
from auxnet_cli.data.samples.cache import NO_CACHE, ImageCache
from auxnet_cli.data.samples.tiling import Window


@dataclass(frozen=True)
class Sample:
    """One image at the network's size.

    Attributes:
        image: (height, width, 3) uint8 RGB.
        instances: (height, width, classes) uint16; the pixels of a class's n-th defect hold n, from
            1, unique over the classes; 0 is no defect.
        outlines: (boxes, 4, 2) corners x, y of the defects that have a box and no mask.
        outline_labels: (boxes,) their classes.
        hulls: of defects that have a mask, as fine as it was in the original image. A defect that
            the border cuts off, or that was drawn at this size, need not have one.
    """

    image: NDArray[np.uint8]
    instances: NDArray[np.uint16]
    outlines: Floats
    outline_labels: NDArray[np.int64]
    hulls: tuple[Hull, ...] = ()

    @property
    def masks_known(self) -> bool:
        """Whether every defect has a mask; a good part's empty masks are known, too."""
        return len(self.outlines) == 0

    @property
    def masks(self) -> NDArray[np.uint8]:
        """(height, width, classes), 0 or 1."""
        return (self.instances > 0).astype(np.uint8)

    @property
    def masked_labels(self) -> NDArray[np.intp]:
        """The classes of which a mask shows a pixel."""
        # Rows first: over both axes at once the short last one makes NumPy many times slower.
        return np.flatnonzero(np.bitwise_or.reduce(self.instances, axis=0).any(axis=0))

    @property
    def labels(self) -> NDArray[np.float32]:
        """(classes,), 1 where the class is on the image."""
        present = np.zeros(self.instances.shape[2], np.float32)
        present[self.masked_labels] = 1
        present[[hull.label for hull in self._whole_hulls()]] = 1
        present[[label for _, label in self._visible_outlines()]] = 1
        return present

    @property
    def boxes(self) -> tuple[Floats, NDArray[np.int64]]:
        """(boxes, 4) x1, y1, x2, y2 in pixels, and (boxes,) classes, one for each defect.

        A defect's box is that of its hull, where the image shows all of it; else it is that of the
        pixels shown.
        """
        masked = {
            (label, number): box
            for label in self.masked_labels.tolist()
            for number, box in _extents(self.instances[:, :, label])
        }
        masked |= {(hull.label, hull.number): hull.box for hull in self._whole_hulls()}
        found = [(box, label) for (label, _), box in sorted(masked.items())]
        found += self._visible_outlines()
        boxes = np.array([box for box, _ in found], np.float32).reshape(-1, 4)
        return boxes, np.array([label for _, label in found], np.int64)

    def _whole_hulls(self) -> list[Hull]:
        """The hulls of which the image shows all."""
        return [hull for hull in self.hulls if hull.within(*self.image.shape[:2])]

    def _visible_outlines(self) -> list[tuple[Corners, int]]:
        """Box and class of the outlines in the image; slivers below a pixel are not counted."""
        height, width = self.image.shape[:2]
        found = []
        for corners, label in zip(self.outlines.astype(float), self.outline_labels, strict=True):
            low, high = corners.min(axis=0), corners.max(axis=0)
            (x1, y1), (x2, y2) = np.clip([low, high], 0, [width, height])
            least = np.minimum(high - low, 1)  # a defect may be smaller than a pixel as a whole
            if x2 > x1 and y2 > y1 and x2 - x1 >= least[0] and y2 - y1 >= least[1]:
                found.append(((float(x1), float(y1), float(x2), float(y2)), int(label)))
        return found


def read_sample(
    record: Record,
    classes: int,
    size: tuple[int, int],
    window: Window | None = None,
    cache: ImageCache = NO_CACHE,
) -> Sample:
    """Read an image, or a window of it, and its truth at ``size``, (height, width) in pixels.

    Raises:
        InputError: the image cannot be read.
    """
    window = window or Window(0, 0, record.height, record.width)
    image = cache.read(record, window, size)
    instances = np.zeros((*size, classes), np.uint16)
    outlines, outline_labels, hulls = [], [], []
    scale = np.array([size[1] / window.width, size[0] / window.height], np.float32)
    for number, annotation in enumerate(record.annotations, start=1):
        if annotation.rle is None:
            x, y, width, height = annotation.box
            corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
            moved = np.array(corners, np.float32) - (window.left, window.top)
            outlines.append((moved * scale).astype(np.float32))
            outline_labels.append(annotation.label)
        else:
            whole = decode(annotation.rle, record.height, record.width).view(np.uint8)
            mask = np.ascontiguousarray(whole[window.place])
            if mask.any():
                instances[:, :, annotation.label][resize_mask(mask, size) > 0] = number
                hulls.append(Hull(number, annotation.label, hull_corners(mask) * scale))
    return Sample(
        image=image,
        instances=instances,
        outlines=np.array(outlines, np.float32).reshape(-1, 4, 2),
        outline_labels=np.array(outline_labels, np.int64),
        hulls=tuple(hulls),
    )


def _extents(instances: NDArray[np.uint16]) -> list[tuple[int, Corners]]:
    """Number, and x1, y1, x2, y2 of every defect in a (height, width) map."""
    rows, columns = np.nonzero(instances)
    if not len(rows):
        return []
    numbers, inverse = np.unique(instances[rows, columns], return_inverse=True)
    count = len(numbers)
    low = np.full((count, 2), np.iinfo(np.int64).max, np.int64)
    high = np.zeros((count, 2), np.int64)
    places = np.stack([columns, rows], axis=1)
    np.minimum.at(low, inverse, places)
    np.maximum.at(high, inverse, places + 1)
    return [
        (int(number), (float(x1), float(y1), float(x2), float(y2)))
        for number, (x1, y1), (x2, y2) in zip(numbers, low, high, strict=True)
    ]
