"""Reads samples: one image and the one truth from which labels, masks and boxes are derived."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.dataset import Record
from auxnet_cli.data.images.resize import resize_mask
from auxnet_cli.data.labels.outlines import Corners, Floats, Outline, hull_corners
from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.data.samples.cache import NO_CACHE, ImageCache
from auxnet_cli.data.samples.tiling import Window


@dataclass(frozen=True)
class Sample:
    """One image at the network's size.

    Attributes:
        image: (height, width, 3) uint8 RGB.
        instances: (height, width, classes) uint16; the pixels of a class's n-th defect hold n, from
            1, unique over the classes; 0 is no defect.
        outlines: of defects, as fine as they are in the original image. Every defect that has a box
            and no mask has one. A defect with a mask that the border cuts off, or that was drawn at
            this size, need not have one.
    """

    image: NDArray[np.uint8]
    instances: NDArray[np.uint16]
    outlines: tuple[Outline, ...] = ()

    @property
    def masks_known(self) -> bool:
        """Whether every defect has a mask; a good part's empty masks are known, too."""
        return all(outline.number for outline in self.outlines)

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
        present[[outline.label for outline in self._hulls()]] = 1
        present[[label for label, _ in self._visible_boxes()]] = 1
        return present

    @property
    def boxes(self) -> tuple[Floats, NDArray[np.int64]]:
        """(boxes, 4) x1, y1, x2, y2 in pixels, and (boxes,) classes, one for each defect.

        A defect's box is that of its outline, where the image shows all of it; else it is that of
        the pixels shown.
        """
        by_defect = {
            (label, number): box
            for label in self.masked_labels.tolist()
            for number, box in _pixel_boxes(self.instances[:, :, label])
        }
        by_defect |= {(hull.label, hull.number): hull.box for hull in self._hulls()}
        labelled = [(label, box) for (label, _), box in sorted(by_defect.items())]
        labelled += self._visible_boxes()
        boxes = np.array([box for _, box in labelled], np.float32).reshape(-1, 4)
        return boxes, np.array([label for label, _ in labelled], np.int64)

    def _hulls(self) -> list[Outline]:
        """Returns the outlines of masks that the image shows whole."""
        size = self.image.shape[:2]
        return [outline for outline in self.outlines if outline.number and outline.within(*size)]

    def _visible_boxes(self) -> list[tuple[int, Corners]]:
        """Returns class and box of defects without a mask, leaving out slivers below a pixel."""
        height, width = self.image.shape[:2]
        visible = []
        for outline in self.outlines:
            x1, y1, x2, y2 = outline.box
            left, top = max(x1, 0.0), max(y1, 0.0)
            right, bottom = min(x2, float(width)), min(y2, float(height))
            # A defect may be smaller than a pixel as a whole.
            wide = right > left and right - left >= min(x2 - x1, 1)
            high = bottom > top and bottom - top >= min(y2 - y1, 1)
            if not outline.number and wide and high:
                visible.append((outline.label, (left, top, right, bottom)))
        return visible


def read_sample(
    record: Record,
    classes: int,
    size: tuple[int, int],
    window: Window | None = None,
    cache: ImageCache = NO_CACHE,
) -> Sample:
    """Reads an image, or a window of it, and its truth at ``size``, (height, width) in pixels.

    Raises:
        InputError: the image cannot be read.
    """
    window = window or Window(0, 0, record.height, record.width)
    image = cache.read(record, window, size)
    instances = np.zeros((*size, classes), np.uint16)
    outlines = []
    scale = np.array([size[1] / window.width, size[0] / window.height], np.float32)
    for number, annotation in enumerate(record.annotations, start=1):
        if annotation.rle is None:
            x, y, width, height = annotation.box
            corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
            moved = np.array(corners, np.float32) - (window.left, window.top)
            outlines.append(Outline(annotation.label, (moved * scale).astype(np.float32)))
        else:
            whole = decode(annotation.rle, record.height, record.width).view(np.uint8)
            mask = np.ascontiguousarray(whole[window.slices])
            if mask.any():
                instances[:, :, annotation.label][resize_mask(mask, size) > 0] = number
                outlines.append(Outline(annotation.label, hull_corners(mask) * scale, number))
    return Sample(image, instances, tuple(outlines))


def _pixel_boxes(instances: NDArray[np.uint16]) -> list[tuple[int, Corners]]:
    """Returns the number and the box of every defect in a (height, width) map."""
    from scipy.ndimage import find_objects  # heavy, and only trainings need it

    boxes = []
    for number, window in enumerate(find_objects(instances), start=1):
        if window is not None:
            rows, columns = window
            x1, y1, x2, y2 = columns.start, rows.start, columns.stop, rows.stop
            boxes.append((number, (float(x1), float(y1), float(x2), float(y2))))
    return boxes
