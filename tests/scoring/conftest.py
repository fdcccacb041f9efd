from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.data.labels.instances import components
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.scoring.image_evidence import gather
from auxnet_cli.scoring.truth import Truth

CLASSES = ("pit", "crack")


def make_record(masks: np.ndarray, name: str = "a.png", group: str = "") -> Record:
    """An image with the defects of (height, width, classes) masks."""
    annotations = [
        Annotation(label, tuple(map(float, instance.box)), instance.rle)
        for label in range(masks.shape[2])
        for instance in components(masks[..., label])
    ]
    height, width = masks.shape[:2]
    return Record(1, name, Path(name), height, width, tuple(annotations), group=group)


def make_truth(masks: np.ndarray) -> Truth:
    return Truth(make_record(masks), masks.shape[2])


def make_inspection(
    masks: np.ndarray | None = None,
    scores: list[float] | None = None,
    boxes: list[tuple[int, float, float, float, float, float]] | None = None,
    defective: bool = False,
    size: tuple[int, int] = (8, 8),
) -> Inspection:
    return Inspection(
        *(masks.shape[:2] if masks is not None else size),
        CLASSES,
        None if scores is None else np.array(scores, np.float32),
        masks,
        None if boxes is None else tuple(Box(*box) for box in boxes),
        defective,
    )


@pytest.fixture
def record() -> Callable[..., Record]:
    return make_record


@pytest.fixture
def truth() -> Callable[..., Truth]:
    return make_truth


@pytest.fixture
def inspection() -> Callable[..., Inspection]:
    return make_inspection


@pytest.fixture
def witness() -> Callable[..., Evidence]:
    """The evidence of an image: its true masks, and what ``inspection`` takes."""

    def make(true: np.ndarray, name: str = "a.png", group: str = "", **answer: object) -> Evidence:
        return gather(make_record(true, name, group), make_inspection(**answer), true.shape[2])

    return make


@pytest.fixture
def blank() -> Callable[..., np.ndarray]:
    """Empty (8, 8, 2) masks, with rectangles (label, top, left, height, width) filled in."""

    def make(*rectangles: tuple[int, int, int, int, int]) -> np.ndarray:
        masks = np.zeros((8, 8, 2), bool)
        for label, top, left, height, width in rectangles:
            masks[top : top + height, left : left + width, label] = True
        return masks

    return make
