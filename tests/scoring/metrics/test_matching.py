import numpy as np

from auxnet_cli.scoring.evidence import Evidence, Flaw
from auxnet_cli.scoring.metrics.matching import IOUS, MAX_BOXES, Matching


def image(truth, boxes, areas=None):
    """Evidence with defects (label, x, y, width, height) and boxes (label, score, x, ...)."""
    true = np.array(truth, float).reshape(-1, 5)
    sizes = true[:, 3] * true[:, 4] if areas is None else areas
    flaws = tuple(
        Flaw(int(label), float(area), 1.0, None, None, None)
        for label, area in zip(true[:, 0], sizes, strict=True)
    )
    found = None if boxes is None else np.array(boxes, float).reshape(-1, 6)
    return Evidence("a", "a", np.zeros(2, bool), False, None, {}, None, found, true, flaws)


def test_boxes_come_class_by_class_and_strongest_first():
    found = Matching.of(
        [
            image([], [[1, 0.9, 0, 0, 2, 3], [0, 0.5, 0, 0, 1, 1]]),
            image([], None),  # was not asked for boxes
            image([], [[0, 0.7, 0, 0, 4, 1]]),
        ]
    )
    assert found.image.tolist() == [2, 0, 0]
    assert found.label.tolist() == [0, 0, 1]
    assert found.area.tolist() == [4, 1, 6]
    assert len(found.candidates) == 0


def test_only_boxes_that_fit_by_half_can_match():
    truth = [[0, 0, 0, 10, 10]]
    boxes = [[0, 0.9, 0, 0, 10, 6], [0, 0.8, 0, 0, 10, 4], [1, 0.7, 0, 0, 10, 10]]
    found = Matching.of([image(truth, boxes)], ["all"])
    assert found.candidates.tolist() == [0]  # IoU 0.6; the others: 0.4, another class
    assert found.matched[0, :, 0].tolist() == (IOUS <= 0.6).tolist()
    assert not found.ignored.any()


def test_a_defect_is_matched_once_by_the_surer_box():
    truth = [[0, 0, 0, 10, 10]]
    boxes = [[0, 0.9, 0, 0, 10, 6], [0, 0.8, 0, 0, 10, 10]]
    found = Matching.of([image(truth, boxes)], ["all"])
    assert found.matched[0, 0].tolist() == [True, False]
    assert found.matched[0, -1].tolist() == [False, True]  # the first does not fit so well


def test_what_matches_a_defect_of_another_size_does_not_count():
    # The box is of 1,600 pixels, the mask of the defect of 900.
    found = Matching.of([image([[0, 0, 0, 40, 40]], [[0, 0.9, 0, 0, 40, 40]], [900.0])])
    matched, ignored = found.matched[:, 0, 0], found.ignored[:, 0, 0]
    assert matched.tolist() == [True] * 4
    assert ignored.tolist() == [False, False, True, True]  # all, small, medium, large


def test_the_weakest_of_many_boxes_are_left_out():
    boxes = [[0, 0.9 - 0.001 * n, 0, 0, 5, 5] for n in range(MAX_BOXES + 20)]
    found = Matching.of([image([], [*boxes, [1, 0.1, 0, 0, 5, 5]])])
    assert np.bincount(found.label).tolist() == [MAX_BOXES, 1]
