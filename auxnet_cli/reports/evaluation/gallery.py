"""Chooses the images that a report shows, and draws truth beside predictions as small pictures."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.images.resize import resize_image, resize_mask
from auxnet_cli.errors import InputError
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.reports.overlay.drawing import draw_defects
from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.task import TASKS

Pixels = NDArray[np.uint8]
Masks = NDArray[np.bool_]
InspectAgain = Callable[[str], tuple[Pixels, Masks | None, Inspection]]
"""Gives an image, (height, width, 3) RGB, its true masks (``None`` where a defect has none) and its
inspection by the image's name. An image is left out for which it raises ``InputError``."""

GALLERIES = {
    "misses": (
        "Worst misses",
        "Defective images that passed as good, the largest defects first.",
        "No defective image passed as good.",
    ),
    "alarms": (
        "Worst false alarms",
        "Good images that were stopped, the surest first.",
        "No good image was stopped.",
    ),
    "best": ("Best cases", "Defective images on which the findings fit best.", ""),
    "median": ("Median cases", "Defective images on which they fit as well as usual.", ""),
}
"""Title, text, and text of an empty gallery, which is left out if there is none."""

_CASES = 4
_SIDE = 560
_ENLARGED_SIDE = 300
_SMALLEST_CUT = 320
_JPEG_QUALITY = 82
_BUDGET = 3 * 2**20


@dataclass(frozen=True)
class Case:
    """One image of a gallery.

    Attributes:
        dice: mean Dice over the classes in truth or answer; ``None`` without masks.
        truth, answer: pictures of the true defects and of the predictions, as data URIs.
        cut: left, top, width and height in pixels of the part shown; ``None`` for the whole.
        strip: whether it is so wide that truth and answer stand one above the other.
    """

    image: Evidence
    dice: float | None
    truth: str
    answer: str
    cut: tuple[int, int, int, int] | None
    strip: bool


def choose(evidence: Sequence[Evidence]) -> dict[str, list[Evidence]]:
    """Chooses the images of each gallery, at most one of each group of images of one part.

    Returns:
        ``misses``: defective images that passed, the largest defects first. ``alarms``: good images
        that were stopped, the highest votes first. ``best`` and ``median``: defective images that
        were stopped, by Dice, or by the strongest vote where there are no masks.
    """
    defective = [image for image in evidence if image.defective]
    escaped = [image for image in defective if not image.stopped]
    alarms = [image for image in evidence if image.stopped and not image.defective]
    ranked = _ranked([image for image in defective if image.stopped], _quality)
    middle = max(0, (len(ranked) - _CASES) // 2)
    return {
        "misses": _ranked(escaped, lambda image: max(flaw.area for flaw in image.flaws))[:_CASES],
        "alarms": _ranked(alarms, _strongest_vote)[:_CASES],
        "best": ranked[:_CASES],
        "median": ranked[middle : middle + _CASES],
    }


def dice(image: Evidence) -> float | None:
    """Returns an image's mean Dice over the classes in truth or answer; ``None`` without any."""
    if image.pixels is None:
        return None
    common, truth, answer = image.pixels
    present = (truth + answer) > 0
    if not present.any():
        return None
    return float((2 * common[present] / (truth + answer)[present]).mean())


def _quality(image: Evidence) -> float:
    score = dice(image)
    return _strongest_vote(image) if score is None else score


def _strongest_vote(image: Evidence) -> float:
    of_heads = [votes for voter, votes in image.votes.items() if voter in TASKS]
    return max((float(votes.max()) for votes in of_heads if len(votes)), default=0.0)


def _ranked(images: Sequence[Evidence], key: Callable[[Evidence], float]) -> list[Evidence]:
    """Returns the best image of each group, the highest key first."""
    best: dict[str, Evidence] = {}
    for image in sorted(images, key=key, reverse=True):
        best.setdefault(image.group, image)
    return list(best.values())


def draw_cases(
    chosen: Mapping[str, Sequence[Evidence]], inspect_again: InspectAgain, budget: int = _BUDGET
) -> dict[str, list[Case]]:
    """Draws the images of each gallery; leaves out those that cannot be read now.

    ``budget`` is the number of bytes that all data URIs together may take.
    """
    cases: dict[str, list[Case]] = {name: [] for name in chosen}
    # In turns, so that no gallery stays empty if the budget runs out.
    for index in range(max(map(len, chosen.values()), default=0)):
        for name, images in chosen.items():
            if index >= len(images):
                continue
            try:
                case = _case(images[index], *inspect_again(images[index].name))
            except InputError:
                continue
            budget -= len(case.truth) + len(case.answer)
            if budget < 0:
                return cases
            cases[name].append(case)
    return cases


def _case(image: Evidence, pixels: Pixels, masks: Masks | None, answer: Inspection) -> Case:
    boxes = [Box(int(label), 1.0, *box) for label, *box in image.truth.tolist()]
    truth = replace(
        answer,
        scores=None,
        masks=masks,
        boxes=() if masks is not None else tuple(boxes),
        box_threshold=0.0,
        novelty=None,
        novelty_map=None,
    )
    cut = _window(image, truth, answer)
    return Case(
        image=image,
        dice=dice(image),
        truth=_uri(draw_defects(*_cut_out(pixels, truth, cut), _ENLARGED_SIDE, scored=False)),
        answer=_uri(draw_defects(*_cut_out(pixels, answer, cut), _ENLARGED_SIDE)),
        cut=None if cut == (0, 0, answer.width, answer.height) else cut,
        strip=cut[2] > 2 * cut[3],
    )


def _window(image: Evidence, truth: Inspection, answer: Inspection) -> tuple[int, int, int, int]:
    """Returns the part of an image to show: of a large one, all defects with a margin."""
    height, width = answer.height, answer.width
    whole = 0, 0, width, height
    if max(height, width) <= 2 * _SIDE:
        return whole
    corners = [(x, y, x + w, y + h) for _, x, y, w, h in image.truth.tolist()]
    corners += [(b.x, b.y, b.x + b.width, b.y + b.height) for b in answer.confident_boxes]
    for masks in (truth.masks, answer.masks):
        if masks is not None and masks.any():
            x, y, w, h = cv2.boundingRect(masks.any(axis=2).astype(np.uint8))
            corners.append((x, y, x + w, y + h))
    if not corners:
        return whole
    low, high = np.min(corners, axis=0)[:2], np.max(corners, axis=0)[2:]
    limits = np.array([width, height])
    sides = np.minimum(limits, np.maximum(_SMALLEST_CUT, 1.5 * (high - low)))
    start = np.clip((low + high - sides) / 2, 0, limits - sides)
    left, top, w, h = (round(float(value)) for value in (*start, *sides))
    return left, top, w, h


def _cut_out(
    pixels: Pixels, inspection: Inspection, cut: tuple[int, int, int, int]
) -> tuple[Pixels, Inspection]:
    """Cuts a window out of image and inspection, and shrinks it to the size shown."""
    left, top, width, height = cut
    part = pixels[top : top + height, left : left + width]
    scale = min(1.0, _SIDE / max(width, height))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    masks = inspection.masks
    if masks is not None:
        window = masks[top : top + height, left : left + width].astype(np.uint8)
        shrunk = [resize_mask(window[..., label], size) for label in range(window.shape[2])]
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
    novelties = inspection.novelty_map
    if novelties is not None:
        shown = novelties[top : top + height, left : left + width]
        novelties = np.asarray(cv2.resize(shown, size[::-1]), np.float32).reshape(size)
    small = replace(
        inspection,
        height=size[0],
        width=size[1],
        masks=masks,
        boxes=boxes,
        novelty_map=novelties,
    )
    return resize_image(part, size), small


def _uri(picture: Pixels) -> str:
    _, coded = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(coded.tobytes()).decode("ascii")
