"""Blends a defect that was cut out into another surface."""

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

RIM = 13
"""Pixels: the side of the ellipse that widens a mask to the seam, where the surfaces must agree."""

MARGIN = 21
"""Pixels: the side of the square that widens a mask to what :func:`by_gradients` needs of it."""

_PAD = 3
_FADE = 1.0


class Blend(Protocol):
    """A way to blend."""

    def __call__(
        self,
        patch: NDArray[np.float32],
        mask: NDArray[np.uint8],
        surface: NDArray[np.uint8],
        opacity: float,
    ) -> NDArray[np.uint8]:
        """Blends.

        Args:
            patch: (height, width, 3), the defect and what is around it, in the surface's light.
            mask: (height, width), 1 where the defect is, else 0.
            surface: (height, width, 3), what lies there.
            opacity: 0-1; 0 leaves the surface as it is.

        Returns:
            (height, width, 3).
        """


def with_soft_edge(
    patch: NDArray[np.float32],
    mask: NDArray[np.uint8],
    surface: NDArray[np.uint8],
    opacity: float,
) -> NDArray[np.uint8]:
    """Lays the defect's pixels over the surface; the edge fades outside the mask."""
    soft = np.maximum(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), _FADE), mask)
    return _mixed(patch, surface, np.asarray(soft, np.float32)[:, :, None] * opacity)


def by_gradients(
    patch: NDArray[np.float32],
    mask: NDArray[np.uint8],
    surface: NDArray[np.uint8],
    opacity: float,
) -> NDArray[np.uint8]:
    """Takes the defect's gradients, and the surface's pixels along the seam.

    So no edge shows where the two surfaces differ (Poisson blending: Pérez et al., SIGGRAPH 2003).
    """
    ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (RIM, RIM))
    # OpenCV takes no seam at the border of an image.
    sides = (_PAD, _PAD, _PAD, _PAD)
    seam = cv2.copyMakeBorder(cv2.dilate(mask, ellipse) * 255, *sides, cv2.BORDER_CONSTANT)
    source, target = (
        cv2.copyMakeBorder(pixels, *sides, cv2.BORDER_REPLICATE)
        for pixels in (_whole(patch), np.ascontiguousarray(surface))
    )
    left, top, width, height = cv2.boundingRect(seam)
    centre = (left + width // 2, top + height // 2)  # where it was
    cloned = cv2.seamlessClone(source, target, seam, centre, cv2.NORMAL_CLONE)
    return _mixed(cloned[_PAD:-_PAD, _PAD:-_PAD].astype(np.float32), surface, opacity)


def _mixed(
    patch: NDArray[np.float32], surface: NDArray[np.uint8], alpha: NDArray[np.float32] | float
) -> NDArray[np.uint8]:
    return _whole(surface * (1 - alpha) + patch * alpha)


def _whole(pixels: NDArray[np.floating]) -> NDArray[np.uint8]:
    whole: NDArray[np.uint8] = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    return whole
