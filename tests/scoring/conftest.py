from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.data.labels.instances import components
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.scoring.evidence import EvaluatedSplit, Evidence
from auxnet_cli.scoring.image_evidence import collect_evidence
from auxnet_cli.settings import DecisionSettings

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


def make_inspection(masks=None, scores=None, boxes=None, defective=False, size=(8, 8)):
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
def inspection() -> Callable[..., Inspection]:
    return make_inspection


@pytest.fixture
def witness() -> Callable[..., Evidence]:
    """The evidence of an image: its true masks, and what ``make_inspection`` takes."""

    def make(true: np.ndarray, name: str = "a.png", group: str = "", **given: object) -> Evidence:
        record, inspection = make_record(true, name, group), make_inspection(**given)
        return collect_evidence(record, inspection, true.shape[2])

    return make


@pytest.fixture(scope="session")
def made_up() -> Callable[..., Evidence]:
    """Evidence of a good image that no head judged, with the given fields in place of that."""

    def make(**fields: object) -> Evidence:
        nothing = {
            "name": "a.png", "group": "a.png", "labels": np.zeros(2, bool), "stopped": False,
            "scores": None, "votes": {}, "pixels": None, "boxes": None, "truth": np.zeros((0, 5)),
            "flaws": (),
        }  # fmt: skip
        return Evidence(**nothing | fields)

    return make


@pytest.fixture(scope="session")
def split_of() -> Callable[..., EvaluatedSplit]:
    """A split of some evidence; the rest as given, ``class_score`` and the like by their names."""

    def make(evidence, tasks=("cls", "seg", "det"), classes=CLASSES, **given):
        fields = EvaluatedSplit.__dataclass_fields__
        decision = {name: value for name, value in given.items() if name not in fields}
        others = {name: value for name, value in given.items() if name in fields}
        return EvaluatedSplit(evidence, classes, tasks, DecisionSettings(**decision), **others)

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
