import time

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.scoring.detection import DetectionScores
from auxnet_cli.scoring.truth import Truth

CLASSES = ("pit", "crack")


def _add(gatherer, truths, found):
    """An image with boxes (label, x, y, width, height), and (label, score, x, ...) found."""
    annotations = tuple(Annotation(label, tuple(box), None) for label, *box in truths)
    boxes = tuple(Box(*box) for box in sorted(found, key=lambda box: -box[1]))
    gatherer.add(
        Truth(Record(0, "a.png", None, 256, 1600, annotations), 2),
        Inspection(256, 1600, CLASSES, None, None, boxes, bool(boxes)),
    )


def _figures(*images):
    gatherer = DetectionScores(CLASSES)
    for truths, found in images:
        _add(gatherer, truths, found)
    return gatherer.figures()


def test_a_perfect_answer():
    figures = _figures(([(0, 10, 10, 20, 20)], [(0, 0.9, 10, 10, 20, 20)]), ([], []))
    assert [figures[key] for key in ("map", "map50", "map75")] == pytest.approx([1, 1, 1])
    assert figures["per_class"]["pit"] == pytest.approx({"ap": 1, "ap50": 1, "support": 1})


def test_a_class_without_truth_is_null_and_not_in_the_mean():
    figures = _figures(([(0, 10, 10, 20, 20)], [(0, 0.9, 10, 10, 20, 20), (1, 0.9, 0, 0, 5, 5)]))
    assert figures["map"] == pytest.approx(1)
    assert figures["per_class"]["crack"] == {
        "ap": None,
        "ap50": None,
        "support": 0,
        "reasons": {
            "ap": "crack has no true box in this split",
            "ap50": "crack has no true box in this split",
        },
    }


def test_figures_worked_by_hand():
    # The found box overlaps by 60 of 100 pixels in a union of 100: IoU 0.6, right at .50, .55, .60.
    figures = _figures(([(0, 0, 0, 10, 10)], [(0, 0.9, 0, 0, 10, 6)]))
    assert figures["map"] == pytest.approx(0.3)
    assert (figures["map50"], figures["map75"]) == pytest.approx((1, 0))


def test_false_alarms_on_good_images_count():
    defective = ([(0, 10, 10, 20, 20)], [(0, 0.5, 10, 10, 20, 20)])
    assert _figures(defective, ([], []))["map50"] == pytest.approx(1)
    assert _figures(defective, ([], [(0, 0.9, 1, 1, 9, 9)]))["map50"] == pytest.approx(0.5)


def test_nothing_found_and_nothing_there():
    assert _figures(([(0, 10, 10, 20, 20)], []))["map"] == 0
    for figures in (_figures(([], [])), _figures()):
        assert figures["map"] is None
        assert figures["reasons"]["map50"] == "no class has a true box in this split"


def _random_split(images=80, found=25):
    rng = np.random.default_rng(5)
    split = []
    for index in range(images):
        size = rng.uniform(5, 120, (int(rng.integers(0, 5)) if index % 3 else 0, 2))
        corner = rng.uniform(0, 200, size.shape)
        truths = [
            (int(rng.integers(2)), *map(float, (*place, *side)))
            for place, side in zip(corner, size, strict=True)
        ]
        boxes = [
            (label, float(rng.random()), *(float(v * rng.normal(1, 0.05)) for v in box))
            for label, *box in truths
        ]
        boxes += [
            (int(rng.integers(2)), float(rng.random() * 0.8), *map(float, rng.uniform(5, 90, 4)))
            for _ in range(found)
        ]
        split.append((truths, boxes))
    return split


def test_figures_are_pycocotools_own(capsys):
    split = _random_split()
    figures = _figures(*split)
    assert capsys.readouterr().out == ""
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": index} for index in range(len(split))],
        "categories": [{"id": label + 1, "name": name} for label, name in enumerate(CLASSES)],
        "annotations": [],
    }
    results = []
    for index, (truths, boxes) in enumerate(split):
        for label, *box in truths:
            entry = {
                "id": len(truth.dataset["annotations"]) + 1,
                "image_id": index,
                "category_id": label + 1,
                "bbox": box,
                "area": box[2] * box[3],
                "iscrowd": 0,
            }
            truth.dataset["annotations"].append(entry)
        results += [
            {"image_id": index, "category_id": label + 1, "bbox": box, "score": score}
            for label, score, *box in sorted(boxes, key=lambda box: -box[1])
        ]
    truth.createIndex()
    evaluation = COCOeval(truth, truth.loadRes(results), "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    assert [figures[key] for key in ("map", "map50", "map75")] == pytest.approx(
        evaluation.stats[:3].tolist()
    )
    assert 0.1 < figures["map"] < 0.9


def test_80_images_take_less_than_half_a_second():
    gatherer = DetectionScores(CLASSES)
    for truths, found in _random_split(found=95):
        _add(gatherer, truths, found)
    start = time.process_time()
    gatherer.figures()
    assert time.process_time() - start < 0.5
