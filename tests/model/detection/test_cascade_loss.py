import numpy as np
import pytest

from auxnet_cli.backend import ops
from auxnet_cli.model.detection.cascade_loss import proposal_loss, stages_loss
from auxnet_cli.model.detection.ssd_loss import FEWEST

DEFECT = [20, 20, 60, 60]
OTHER = [0, 0, 5, 5]


def stages(region, label_score, offsets=(0, 0, 0, 0)):
    """Two regions, the second on the background, and what all three stages say of them."""
    outputs = {}
    for stage in (1, 2, 3):
        outputs[f"detection_regions{stage}"] = [[region, OTHER]]
        outputs[f"detection_scores{stage}"] = [[[0, label_score, 0], [20, 0, 0]]]
        outputs[f"detection_boxes{stage}"] = [[offsets, (0, 0, 0, 0)]]
    return {
        name: ops.convert_to_tensor(values, dtype="float32") for name, values in outputs.items()
    }


def loss(outputs, boxes=(DEFECT, [0, 0, 0, 0]), labels=(0, -1)):
    given = ops.convert_to_tensor([boxes], dtype="float32")
    return float(stages_loss(given, ops.convert_to_tensor([labels], dtype="int32"), outputs))


def test_what_is_right_in_each_stage_costs_nothing():
    assert loss(stages(DEFECT, 20)) == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize(("columns", "hits"), [(40, 3), (27, 2), (22, 1), (18, 0)])
def test_a_stage_asks_for_more_overlap_than_the_one_before(columns, hits):
    """A region that covers so many of the defect's 40 columns has an IoU of columns / 40."""
    region = [20, 20, 20 + columns, 60]
    # Where the region is no defect, a score of 20 costs 20; the stages weigh 1, 1/2 and 1/4.
    wrong = sum(20 / FEWEST * weight for weight in (1, 0.5, 0.25)[hits:])
    # Offsets that are right cost nothing: those of the defect from the region, a stage's spread.
    outputs = stages(region, 20)
    for stage in range(1, 4):
        shift, scale = (40 - columns) / 2 / columns, np.log(40 / columns)
        offsets = [[shift * 10 * stage, 0, scale * 5 * stage, 0], [0] * 4]
        outputs[f"detection_boxes{stage}"] = ops.convert_to_tensor([offsets], dtype="float32")
    assert loss(outputs) == pytest.approx(wrong, abs=1e-2)


def test_good_parts_teach_that_all_is_background():
    empty = ([0, 0, 0, 0], [0, 0, 0, 0])
    assert loss(stages(DEFECT, 20), empty, (-1, -1)) == pytest.approx(20 / FEWEST * 1.75, rel=1e-3)
    assert loss(stages(DEFECT, -20), empty, (-1, -1)) < loss(stages(DEFECT, 0), empty, (-1, -1))


def test_assigned_and_background_anchors_weigh_alike():
    classes = np.array([[0, -1, -1, -1, -2]], np.int32)
    objects = np.array([[[-1], [2], [2], [2], [99]]], np.float32)
    shifts = np.zeros((1, 5, 4), np.float32)
    given = shifts.copy()
    given[0, 0, 0], given[0, 1, 0] = 3, 7  # the second is of the background, and counts nothing
    found = proposal_loss(*map(ops.convert_to_tensor, (classes, shifts, objects, given)))
    assigned, background = np.log(1 + np.exp(1)), np.log(1 + np.exp(2))
    assert float(found) == pytest.approx((assigned + background) / 2 + 2.5, rel=1e-5)
