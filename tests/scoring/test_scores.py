import json

import pytest

from auxnet_cli.scoring.scores import score

CLASSES = ("pit", "crack")


def _pairs(record, inspection, blank):
    masks = blank((0, 0, 0, 2, 2))
    yield (
        record(masks),
        inspection(masks=masks, scores=[0.7, 0.1], boxes=[(0, 0.9, 0, 0, 2, 2)], defective=True),
    )
    yield record(blank()), inspection(masks=blank(), scores=[0.1, 0.1], boxes=[])


def test_the_reports_sections(record, inspection, blank):
    scores = score(
        _pairs(record, inspection, blank), CLASSES, ("cls", "seg", "det"), threshold_rule="a mask"
    )
    assert list(scores) == [
        "images",
        "defective",
        "good",
        "classification",
        "segmentation",
        "detection",
        "screening",
    ]
    assert (scores["images"], scores["defective"], scores["good"]) == (2, 1, 1)
    assert scores["classification"]["accuracy"] == 1
    assert scores["segmentation"]["dice"] == 1
    assert scores["detection"]["map"] == pytest.approx(1)
    assert scores["screening"] == {
        "escape_rate": 0,
        "false_alarm_rate": 0,
        "threshold_rule": "a mask",
    }
    assert json.loads(json.dumps(scores, allow_nan=False)) == scores


def test_the_class_threshold_is_the_callers(record, inspection, blank):
    scores = score(_pairs(record, inspection, blank), CLASSES, ("cls",), class_score=0.8)
    assert scores["classification"]["per_class"]["pit"]["recall"] == 0


def test_a_task_that_the_model_lacks_has_no_section(record, inspection, blank):
    scores = score(_pairs(record, inspection, blank), CLASSES, ("seg",))
    assert scores["classification"] is scores["detection"] is None
    assert scores["reasons"] == {
        "classification": "the model was trained without cls",
        "detection": "the model was trained without det",
    }
