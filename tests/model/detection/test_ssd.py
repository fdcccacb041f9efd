import numpy as np
import pytest

from auxnet_cli.data.labels.outlines import Outline
from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.model.detection.boxes import encode
from auxnet_cli.model.heads import open_heads
from auxnet_cli.settings import DecisionSettings
from auxnet_cli.settings.loader import load_settings

SETTINGS = load_settings("swift", overrides=["model.name=ssd300"])
SIZE = (300, 300)


def head(classes=2):
    return open_heads(["det"], classes, "multi-label", SIZE, SETTINGS.model)["det"]


def test_boxes_half_covered_learn_the_defect_and_no_box_is_ignored():
    corners = np.array([[40, 40], [90, 40], [90, 100], [40, 100]], np.float32)
    image = np.zeros((*SIZE, 3), np.uint8)
    sample = Sample(image, np.zeros((*SIZE, 2), np.uint16), (Outline(1, corners),))
    classes = head().targets(sample)["detection_classes"]
    assert set(classes) == {-1, 1}
    x1, y1, x2, y2 = head().anchors.T
    shared = np.clip(np.minimum(x2, 90) - np.maximum(x1, 40), 0, None)
    shared *= np.clip(np.minimum(y2, 100) - np.maximum(y1, 40), 0, None)
    overlap = shared / ((x2 - x1) * (y2 - y1) + 50 * 60 - shared)
    assert (classes == 1).tolist() == (overlap >= 0.5).tolist()


def test_what_it_says_is_decoded():
    detector = head()
    count = len(detector.anchors)
    outputs = {
        "detection_scores": np.tile(np.float32([9, 0, 0]), (count, 1)),
        "detection_boxes": np.zeros((count, 4), np.float32),
    }
    number = 38 * 38 * 4 + 19 * 6 * 9  # in the tenth row of the second map
    box = np.array([[30, 60, 90, 100]], np.float32)
    outputs["detection_scores"][number] = [0, 0, 4]
    outputs["detection_boxes"][number] = encode(box, detector.anchors[number : number + 1])[0]
    (found,) = detector.decode(outputs, 600, 300, DecisionSettings(box_floor=0.1))
    assert found.label == 1
    assert found.score == pytest.approx(np.exp(4) / (np.exp(4) + 2), abs=1e-5)
    np.testing.assert_allclose([found.x, found.y], [30, 120], atol=1e-2)
    np.testing.assert_allclose([found.width, found.height], [60, 80], atol=1e-2)
