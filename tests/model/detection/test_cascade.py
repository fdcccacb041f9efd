import numpy as np
import pytest

from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.model.detection.cascade import MOST_DEFECTS
from auxnet_cli.model.heads import open_heads
from auxnet_cli.settings import DecisionSettings
from auxnet_cli.settings.loader import load_settings

SETTINGS = load_settings("swift", overrides=["model.name=cascade-rcnn"])
SIZE = (64, 96)


@pytest.fixture
def head():
    return open_heads(["det"], 2, "multi-label", SIZE, SETTINGS.model)["det"]


def test_the_stages_learn_the_largest_defects(head):
    instances = np.zeros((*SIZE, 2), np.uint16)
    for number in range(80):
        row, column = divmod(number, 16)
        instances[4 * row : 4 * row + 2, 5 * column : 5 * column + 2, number % 2] = number + 1
    instances[40:60, 10:50, 1] = 81
    targets = head.targets(Sample(np.zeros((*SIZE, 3), np.uint8), instances))
    boxes, labels = targets["detection_defects"], targets["detection_labels"]
    assert boxes.shape == (MOST_DEFECTS, 4)
    np.testing.assert_array_equal(boxes[0], [10, 40, 50, 60])
    assert labels[0] == 1
    assert set(labels) == {0, 1}
    assert set(targets["detection_classes"]) <= {0, -1, -2}  # proposals know no class


def test_few_defects_are_filled_up(head):
    instances = np.zeros((*SIZE, 2), np.uint16)
    instances[4:20, 8:30, 1] = 1
    targets = head.targets(Sample(np.zeros((*SIZE, 3), np.uint8), instances))
    assert targets["detection_labels"].tolist() == [1] + [-1] * (MOST_DEFECTS - 1)
    assert targets["detection_defects"][1:].max() == 0


def test_the_last_stages_boxes_have_the_mean_score_of_all(head):
    regions = 100
    outputs = {
        "detection_regions3": np.zeros((regions, 4), np.float32),
        "detection_boxes3": np.zeros((regions, 4), np.float32),
    }
    for stage in (1, 2, 3):
        scores = np.tile(np.float32([12, 0, 0]), (regions, 1))
        scores[7] = [0, 0, stage]
        outputs[f"detection_scores{stage}"] = scores
    outputs["detection_regions3"][7] = [10, 20, 30, 40]
    outputs["detection_boxes3"][7] = [3 * 10 * 0.25, 0, 3 * 5 * np.log(1.5), 0]
    (found,) = head.decode(outputs, 128, 96, DecisionSettings(box_floor=0.5))
    parts = [np.exp(stage) / (2 + np.exp(stage)) for stage in (1, 2, 3)]
    assert found.score == pytest.approx(np.mean(parts), abs=1e-5)
    assert found.label == 1
    # Moved by a quarter of its 20 columns, and half as wide again; twice as high in the window.
    corners = [found.x, found.y, found.x + found.width, found.y + found.height]
    np.testing.assert_allclose(corners, [10, 40, 40, 80], atol=1e-3)
