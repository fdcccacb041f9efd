from dataclasses import replace

import numpy as np
import pytest

from auxnet_cli.inspection import Box, Inspection, areas

STRONG, EXACT, WEAK = (Box(0, score, 1.0, 2.0, 3.0, 4.0) for score in (0.9, 0.5, 0.49))
INSPECTION = Inspection(10, 20, ("pit",), None, None, (STRONG, EXACT, WEAK), defective=True)


@pytest.mark.parametrize(("defective", "verdict"), [(True, "defective"), (False, "good")])
def test_verdict(defective, verdict):
    assert replace(INSPECTION, defective=defective).verdict == verdict


def test_a_box_at_the_threshold_counts():
    assert INSPECTION.confident_boxes == (STRONG, EXACT)
    assert replace(INSPECTION, box_threshold=0.6).confident_boxes == (STRONG,)


def test_without_detection_there_are_no_boxes():
    assert replace(INSPECTION, boxes=None).confident_boxes == ()


def test_time_makes_no_other_finding():
    assert replace(INSPECTION, seconds=0.1) == replace(INSPECTION, seconds=0.2)
    assert replace(INSPECTION, defective=False) != INSPECTION


def test_areas_of_masks():
    masks = np.zeros((300, 70000, 3), bool)
    masks[..., 1] = True
    masks[2:5, 7:11, 2] = True
    assert replace(INSPECTION, masks=masks).areas == (0, 21_000_000, 12)
    assert areas(masks[::2, ::-1]) == (0, 10_500_000, 8)
    assert areas(masks[:0]) == (0, 0, 0)
    assert INSPECTION.areas == (0,)
