"""The images that a report shows: which ones, and truth beside findings as small pictures."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.resize import resize_image, resize_mask
from auxnet_cli.errors import InputError
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.reports.overlay.drawing import findings
from auxnet_cli.scoring.evidence import Evidence

Pixels = NDArray[np.uint8]
Masks = NDArray[np.bool_]
InspectAgain = Callable[[str], tuple[Pixels, Masks | None, Inspection]]

MOST = 4
_SIDE = 560
_SMALL = 300
_LEAST_CUT = 320
_QUALITY = 82
BUDGET = 3 * 2**20
"""Bytes of all pictures of a page together, as they stand in it."""


@dataclass(frozen=True)
class Case:
    """One image of the gallery.

    Attributes:
        image: what is known of it.
        dice: mean Dice over the classes in truth or answer; ``None`` without masks.
        truth: the true defects, as a data URI.
        found: the findings, likewise.
        cut: left, top, width and height of the part shown; ``None`` for the whole.
        strip: whether it is so wide that truth and findings stand one above the other.
    """

    image: Evidence
    dice: float | None
    truth: str
    found: str
    cut: tuple[int, int, int, int] | None
    strip: bool


def choose(evidence: Sequence[Evidence], most: int = MOST) -> dict[str, list[Evidence]]:
    """The images worth showing, at most one of each group of images of one part.

    Returns:
        ``misses``: defective images that passed, the largest defects first. ``alarms``: good images
        that were stopped, those the heads were surest of first. ``best`` and ``median``: defective
        images that were stopped, by Dice, or by the strongest vote where there are no masks.
    """
    defective = [image for image in evidence if image.defective]
    escaped = [image for image in defective if not image.stopped]
    alarms = [image for image in evidence if image.stopped and not image.defective]
    ranked = sorted((image for image in defective if image.stopped), key=_quality, reverse=True)
    middle = _one_a_group(ranked)
    start = max(0, (len(middle) - most) // 2)
    return {
        "misses": _one_a_group(sorted(escaped, key=_extent, reverse=True))[:most],
        "alarms": _one_a_group(sorted(alarms, key=_strongest, reverse=True))[:most],
        "best": _one_a_group(ranked)[:most],
        "median": middle[start : start + most],
    }


def dice(image: Evidence) -> float | None:
    """An image's mean Dice over the classes in truth or answer; ``None`` without either."""
    if image.pixels is None:
        return None
    common, true, found = image.pixels
    present = (true + found) > 0
    if not present.any():
        return None
    return float((2 * common[present] / (true + found)[present]).mean())


def _quality(image: Evidence) -> float:
    own = dice(image)
    return _strongest(image) if own is None else own


def _extent(image: Evidence) -> float:
    return max(flaw.area for flaw in image.flaws)


def _strongest(image: Evidence) -> float:
    return max((float(votes.max()) for votes in image.votes.values() if len(votes)), default=0.0)


def _one_a_group(images: Sequence[Evidence]) -> list[Evidence]:
    """The first of each group."""
    first: dict[str, Evidence] = {}
    for image in images:
        first.setdefault(image.group, image)
    return list(first.values())


def pictures(
    chosen: Mapping[str, Sequence[Evidence]], inspect_again: InspectAgain, budget: int = BUDGET
) -> dict[str, list[Case]]:
    """Draw the images that :func:`choose` gave; those that cannot be read now are left out.

    Args:
        chosen: the images of each gallery.
        inspect_again: image, true masks (``None`` where a defect has none) and findings by name.
        budget: bytes that all data URIs together may take.
    """
    drawn: dict[str, list[Case]] = {name: [] for name in chosen}
    # In turns, so that no gallery stays empty should the budget run out.
    for place in range(max(map(len, chosen.values()), default=0)):
        for name, images in chosen.items():
            if place >= len(images):
                continue
            try:
                case = _case(images[place], *inspect_again(images[place].name))
            except InputError:
                continue
            budget -= len(case.truth) + len(case.found)
            if budget < 0:
                return drawn
            drawn[name].append(case)
    return drawn


def _case(image: Evidence, pixels: Pixels, masks: Masks | None, found: Inspection) -> Case:
    true = replace(
        found,
        scores=None,
        masks=masks,
        boxes=() if masks is not None else tuple(_true_boxes(image)),
        box_threshold=0.0,
    )
    cut = _window(image, true, found)
    return Case(
        image=image,
        dice=dice(image),
        truth=_uri(findings(*_part(pixels, true, cut), side=_SMALL, scored=False)),
        found=_uri(findings(*_part(pixels, found, cut), side=_SMALL)),
        cut=None if cut == (0, 0, found.width, found.height) else cut,
        strip=cut[2] > 2 * cut[3],
    )


def _true_boxes(image: Evidence) -> list[Box]:
    return [Box(int(label), 1.0, *map(float, box)) for label, *box in image.truth.tolist()]


def _window(image: Evidence, true: Inspection, found: Inspection) -> tuple[int, int, int, int]:
    """What to show of a large image: the true and the found defects with some room around."""
    height, width = found.height, found.width
    if max(height, width) <= 2 * _SIDE:
        return 0, 0, width, height
    corners = [(x, y, x + wide, y + high) for _, x, y, wide, high in image.truth.tolist()]
    corners += [(b.x, b.y, b.x + b.width, b.y + b.height) for b in found.confident_boxes]
    for masks in (true.masks, found.masks):
        if masks is not None and masks.any():
            x, y, wide, high = cv2.boundingRect(masks.any(axis=2).astype(np.uint8))
            corners.append((x, y, x + wide, y + high))
    if not corners:
        return 0, 0, width, height
    low, high_ = np.min(corners, axis=0)[:2], np.max(corners, axis=0)[2:]
    limits = np.array([width, height])
    sides = np.minimum(limits, np.maximum(_LEAST_CUT, 1.5 * (high_ - low)))
    start = np.clip((low + high_ - sides) / 2, 0, limits - sides)
    left, top, wide, high = (round(float(value)) for value in (*start, *sides))
    return left, top, wide, high


def _part(
    pixels: Pixels, inspection: Inspection, cut: tuple[int, int, int, int]
) -> tuple[Pixels, Inspection]:
    """The window of image and findings, shrunk to the size shown."""
    left, top, wide, high = cut
    part = pixels[top : top + high, left : left + wide]
    scale = min(1.0, _SIDE / max(wide, high))
    size = max(1, round(high * scale)), max(1, round(wide * scale))
    masks = inspection.masks
    if masks is not None:
        masks = masks[top : top + high, left : left + wide]
        shrunk = [
            resize_mask(masks[..., label].astype(np.uint8), size) for label in range(masks.shape[2])
        ]
        masks = np.stack(shrunk, axis=2).astype(np.bool_)
    boxes = tuple(
        replace(
            box,
            x=(box.x - left) * scale,
            y=(box.y - top) * scale,
            width=box.width * scale,
            height=box.height * scale,
        )
        for box in inspection.boxes or ()
    )
    small = replace(inspection, height=size[0], width=size[1], masks=masks, boxes=boxes)
    return resize_image(part, size), small


def _uri(picture: Pixels) -> str:
    _, coded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(coded.tobytes()).decode("ascii")
