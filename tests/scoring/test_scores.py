import json

import numpy as np
import pytest

from auxnet_cli.scoring.scores import full_score, headlines, score

CLASSES = ("pit", "crack")
TASKS = ("cls", "seg", "det")


@pytest.fixture
def images(witness, blank):
    """The evidence of twelve images in ten groups: pits found, cracks never, two false alarms."""
    pit, crack = blank((0, 0, 0, 2, 2)), blank((1, 4, 4, 2, 2))
    shift = blank((0, 0, 1, 2, 2))
    taken = []
    for number in range(12):
        kind = number % 4
        true = (pit, crack, blank(), pit)[kind]
        found = (pit, blank(), blank(), shift)[kind] if number != 10 else shift
        stopped = bool(found.any())
        taken.append(
            witness(
                true,
                f"{number}.png",
                "0.png" if number in (4, 8) else "",
                masks=found,
                scores=[0.9 - 0.01 * number if stopped else 0.01 * number, 0.02 * number],
                boxes=[(0, 0.8 - 0.01 * number, 0, 0, 2, 2)] if stopped else [],
                defective=stopped,
            )
        )
    return taken


def test_the_sections_of_a_training(images):
    scores = score(images, CLASSES, TASKS, threshold_rule="a mask")
    assert list(scores) == [
        "images",
        "defective",
        "good",
        "classification",
        "segmentation",
        "detection",
        "screening",
    ]
    assert (scores["images"], scores["defective"], scores["good"]) == (12, 9, 3)
    assert scores["screening"]["threshold_rule"] == "a mask"
    assert "ci95" not in json.dumps(scores)
    assert json.loads(json.dumps(scores, allow_nan=False)) == scores


def test_the_monitored_figures_worked_by_hand(images):
    scores = score(images, CLASSES, TASKS)
    # Pits: 6 called and right, one call on a good image; cracks: none called.
    assert scores["classification"]["f1"] == pytest.approx((12 / 13 + 0) / 2)
    # Pits: 3 images of 4 px right, 3 of 2 of 4, 4 px on a good one; 18 in common.
    assert scores["segmentation"]["dice"] == pytest.approx((2 * 18 / (24 + 28) + 0) / 2)
    # All 6 boxes of pits fit, the false one comes before the last of them: up to a recall of 5/6,
    # 84 of COCO's 101 points, the precision is 1, then 6/7.
    assert scores["detection"]["map50"] == pytest.approx(((84 + 17 * 6 / 7) / 101 + 0) / 2)
    assert scores["screening"]["escape_rate"] == pytest.approx(3 / 9)
    assert scores["screening"]["false_alarm_rate"] == pytest.approx(1 / 3)


def test_a_full_score_is_the_same_figures_with_intervals(images):
    lean = score(images, CLASSES, TASKS, threshold_rule="a mask")
    full = full_score(images, CLASSES, TASKS, threshold_rule="a mask", replicates=200)
    assert _within(lean, full)
    for section in ("classification", "segmentation", "detection", "screening"):
        own = full[section]
        for figure, bounds in own["ci95"].items():
            if figure != "reasons" and bounds is not None:
                assert bounds[0] <= own[figure] <= bounds[1]
    assert set(full["detection"]["ci95"]) >= {"map", "map_small", "recall_100"}
    assert set(full["segmentation"]["per_class"]["pit"]["ci95"]) >= {"detected_rate", "dice"}
    assert full["classification"]["confusion"]["per_class"]["pit"] == [[5, 1], [0, 6]]
    assert full["intervals"]["groups"] == 10
    assert "200 replicates of 10 groups" in full["intervals"]["method"]
    assert json.loads(json.dumps(full, allow_nan=False)) == full


def _within(part, whole):
    if isinstance(part, dict):
        return all(key == "reasons" or _within(part[key], whole[key]) for key in part)
    return part == whole


def test_a_class_that_is_never_found_stands_at_the_top(images):
    full = full_score(images, CLASSES, TASKS, replicates=100)
    assert full["never_found"] == [{"class": "crack", "heads": {"cls": 3, "seg": 3, "det": 3}}]
    assert full["segmentation"]["dice_kaggle"] > 0.7


def test_exclusive_classes_and_costs(images):
    full = full_score(images, CLASSES, TASKS, exclusive=True, costs=(5, 2), replicates=100)
    assert full["classification"]["confusion"]["counts"] == [[2, 1, 0], [0, 6, 0], [3, 0, 0]]
    assert full["screening"]["cost"] == pytest.approx((5 * 3 + 2 * 1) / 12)
    low, high = full["screening"]["ci95"]["cost"]
    assert low < full["screening"]["cost"] < high


def test_the_class_threshold_is_the_callers(images):
    scores = score(images, CLASSES, ("cls",), class_score=0.95)
    assert scores["classification"]["per_class"]["pit"]["recall"] == 0


def test_a_task_that_the_model_lacks_has_no_section(images):
    for scores in (score(images, CLASSES, ("seg",)), full_score(images, CLASSES, ("seg",))):
        assert scores["classification"] is scores["detection"] is None
        assert scores["reasons"] == {
            "classification": "the model was trained without cls",
            "detection": "the model was trained without det",
        }


def test_headlines_for_a_comparison(images):
    figures = headlines(images, CLASSES, TASKS)
    full = full_score(images, CLASSES, TASKS, replicates=100)
    found = figures(None)
    assert found["segmentation.dice"] == full["segmentation"]["dice"]
    assert {name.split(".")[0] for name in found} == {
        "screening",
        "classification",
        "segmentation",
        "detection",
    }
    assert figures(np.array([1] * 11 + [0])) == headlines(images[:11], CLASSES, TASKS)(None)
    assert "detection.map" not in headlines(images, CLASSES, ("cls",))(None)


def test_no_image_at_all():
    full = full_score([], CLASSES, TASKS)
    assert full["images"] == 0
    assert full["never_found"] == []
