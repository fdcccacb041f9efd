"""Boxes as sources give them: cut to the image, and left out where nothing remains."""

from auxnet_cli.data.audit import Audit

Box = tuple[float, float, float, float]
"""x, y, width, height in pixels of the stored image."""

_ROUNDING = 0.5


def fit_box(
    corners: tuple[float, float, float, float],
    height: int,
    width: int,
    file: str,
    what: str,
    audit: Audit,
) -> Box | None:
    """The part of a box within the image; ``None`` where the box has no area there.

    What was cut off is noted where it is more than half a pixel, which rounding may cause.

    Args:
        corners: left, top, right, bottom in pixels.
        height: of the image, pixels.
        width: likewise.
        file: the image as the audit calls it.
        what: which box, such as ``object 2 (crack)``.
        audit: takes boxes that were cut or left out.
    """
    left, top, right, bottom = corners
    x, y = max(left, 0.0), max(top, 0.0)
    x_end, y_end = min(right, float(width)), min(bottom, float(height))
    told = f"{what}: the box from ({left:g}, {top:g}) to ({right:g}, {bottom:g})"
    if x_end <= x or y_end <= y:
        detail = "has no area" if right <= left or bottom <= top else "lies outside the image"
        audit.add("degenerate-box", file, f"{told} {detail}", "box skipped")
        return None
    if max(x - left, y - top, right - x_end, bottom - y_end) > _ROUNDING:
        detail = f"{told} reaches past the image of {width} x {height} pixels"
        audit.add("box-past-image", file, detail, "box cut")
    return x, y, x_end - x, y_end - y
