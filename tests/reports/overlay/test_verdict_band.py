import numpy as np
import pytest

from auxnet_cli.inspection import Inspection
from auxnet_cli.reports.overlay.verdict_band import MOST_CHIPS, verdict_band
from auxnet_cli.reports.palette import colour_of


def inspection(scores, masks=None, defective=True):
    names = tuple(f"class {n}" for n in range(len(scores)))
    return Inspection(8, 8, names, np.array(scores, np.float32), masks, None, defective)


def filled(band, label):
    """Pixels in a row of the class's colour: a full chip has many, a frame few in its middle."""
    hit = (band == np.array(colour_of(label))).all(axis=2)
    rows = hit.any(axis=1).nonzero()[0]
    return int(hit[rows[len(rows) // 2]].sum()) if len(rows) else 0


def test_the_found_class_stands_out():
    masks = np.zeros((8, 8, 3), np.bool_)
    masks[2:4, 2:4, 1] = True
    band = verdict_band(inspection([0.9, 0.6, 0.1], masks), 900, 20)
    assert filled(band, 1) > 2 * filled(band, 0) > 0


def test_without_masks_and_boxes_the_best_class_stands_out():
    band = verdict_band(inspection([0.2, 0.1, 0.7]), 900, 20)
    assert filled(band, 2) > 2 * filled(band, 0)
    good = verdict_band(inspection([0.2, 0.1, 0.3], defective=False), 900, 20)
    assert filled(good, 2) == filled(good, 0)


@pytest.mark.parametrize(("width", "rows"), [(2000, 1), (600, 2)])
def test_chips_wrap(width, rows):
    band = verdict_band(inspection([0.5] * 5), width, 20)
    assert band.shape == (40 * rows, width, 3)


def test_of_very_many_classes_the_best_are_shown():
    scores = np.linspace(0, 0.4, 40)
    most = verdict_band(inspection(scores), 500, 15)
    all_shown = verdict_band(inspection(scores[:MOST_CHIPS]), 500, 15)
    assert most.shape[0] <= all_shown.shape[0] + 60
