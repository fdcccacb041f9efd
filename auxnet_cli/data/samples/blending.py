"""Blends a defect that was cut out into another surface."""

import cv2
import numpy as np
from numpy.typing import NDArray

RIM = 13
"""Pixels: the side of the ellipse that widens a mask to the seam, where the surfaces must agree."""

MARGIN = RIM + 8
"""Pixels: the side of the square that widens a mask to what blending by gradients needs of it."""

_PAD = 3
_FADE = 1.0


def blend(
    patch: NDArray[np.float32],
    mask: NDArray[np.uint8],
    surface: NDArray[np.uint8],
    opacity: float,
    gradients: bool = False,
) -> NDArray[np.uint8]:
    """Blends a defect into a surface.

    Its pixels are laid over the surface, and the edge fades outside the mask. Or, with
    ``gradients``, its gradients are taken and the surface's pixels along a seam around the mask, so
    that no edge shows where the two surfaces differ (Poisson blending: Pérez et al., SIGGRAPH
    2003).

    Args:
        patch: (height, width, 3), the defect and what is around it, in the surface's light.
        mask: (height, width), 1 where the defect is, else 0.
        surface: (height, width, 3), what lies there.
        opacity: 0-1; 0 leaves the surface as it is.
        gradients: blend by gradients.

    Returns:
        (height, width, 3).
    """
    if gradients:
        mixed = surface * (1 - opacity) + _cloned(patch, mask, surface) * opacity
    else:
        soft = np.maximum(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), _FADE), mask)
        alpha = np.asarray(soft, np.float32)[:, :, None] * opacity
        mixed = surface * (1 - alpha) + patch * alpha
    return _whole(mixed)


def _cloned(
    patch: NDArray[np.float32], mask: NDArray[np.uint8], surface: NDArray[np.uint8]
) -> NDArray[np.uint8]:
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
    return np.asarray(cloned[_PAD:-_PAD, _PAD:-_PAD], np.uint8)


def _whole(pixels: NDArray[np.floating]) -> NDArray[np.uint8]:
    whole: NDArray[np.uint8] = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    return whole
