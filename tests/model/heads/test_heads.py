import numpy as np
import pytest

from auxnet_cli.data.labels.outlines import Outline
from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.model.detection.anchors import make_anchors
from auxnet_cli.model.detection.assignment import BACKGROUND
from auxnet_cli.model.detection.boxes import decode
from auxnet_cli.model.heads import open_heads
from auxnet_cli.settings import ModelSettings
from auxnet_cli.task import TASKS

SIZE = (64, 96)


def targets_of(sample, tasks=TASKS, label_kind="multi-label"):
    heads = open_heads(tasks, 2, label_kind, SIZE, ModelSettings())
    return {
        name: values for head in heads.values() for name, values in head.targets(sample).items()
    }


def sample(defective=True, outlined=False):
    instances = np.zeros((*SIZE, 2), np.uint16)
    outlines = ()
    if defective:
        instances[10:30, 20:60, 1] = 1
    if outlined:
        outlines = (Outline(0, np.array([(70, 40), (90, 40), (90, 60), (70, 60)], np.float32)),)
    return Sample(np.zeros((*SIZE, 3), np.uint8), instances, outlines)


def test_each_head_gets_its_targets():
    targets = targets_of(sample())
    assert targets["classification"].tolist() == [0, 1]
    assert targets["segmentation"].shape == (*SIZE, 2)
    assert targets["segmentation"].sum() == 20 * 40
    assert targets["segmentation_known"] == 1
    anchors = make_anchors(SIZE, ModelSettings().anchors)
    assert targets["detection_classes"].shape == (len(anchors),)
    assert targets["detection_boxes"].shape == (len(anchors), 4)
    matched = targets["detection_classes"] > BACKGROUND
    assert matched.any()
    assert set(targets["detection_classes"][matched]) == {1}
    boxes = decode(targets["detection_boxes"][matched], anchors[matched])
    assert boxes == pytest.approx(np.array([[20, 10, 60, 30]] * matched.sum()), abs=1e-3)


@pytest.mark.parametrize(
    ("tasks", "names"),
    [
        (["cls"], {"classification"}),
        (["seg"], {"segmentation", "segmentation_known"}),
        (["det"], {"detection_classes", "detection_boxes"}),
    ],
)
def test_only_the_tasks_asked_for(tasks, names):
    assert set(targets_of(sample(), tasks)) == names


@pytest.mark.parametrize(("defective", "expected"), [(True, [0, 0, 1]), (False, [1, 0, 0])])
def test_exclusive_labels_have_good_first(defective, expected):
    targets = targets_of(sample(defective), ["cls"], "exclusive")
    assert targets["classification"].tolist() == expected
    assert targets["classification"].dtype == np.float32


def test_a_good_part_teaches_too():
    targets = targets_of(sample(defective=False))
    assert targets["classification"].tolist() == [0, 0]
    assert targets["segmentation_known"] == 1
    assert not targets["segmentation"].any()
    assert (targets["detection_classes"] == BACKGROUND).all()


def test_a_box_without_a_mask_teaches_all_but_masks():
    targets = targets_of(sample(outlined=True))
    assert targets["segmentation_known"] == 0
    assert targets["classification"].tolist() == [1, 1]
    assert set(targets["detection_classes"]) >= {0, 1}
