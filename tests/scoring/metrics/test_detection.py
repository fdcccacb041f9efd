import contextlib
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.documents.section import Missing
from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.scoring.evidence import EvaluatedSplit
from auxnet_cli.scoring.image_evidence import collect_evidence
from auxnet_cli.scoring.metrics.detection import Detection

CLASSES = ("pit", "crack")


def _evidence(*images):
    """Images with boxes (label, x, y, width, height), and (label, score, x, ...) found."""
    taken = []
    for truths, found in images:
        annotations = tuple(Annotation(label, tuple(box), None) for label, *box in truths)
        boxes = tuple(Box(*box) for box in found)
        taken.append(
            collect_evidence(
                Record(0, "a.png", None, 256, 1600, annotations),
                Inspection(256, 1600, CLASSES, None, None, boxes, bool(boxes)),
                2,
            )
        )
    return taken


def _detection(evidence, by_size=True):
    return Detection(EvaluatedSplit(evidence, CLASSES, ("det",), by_size=by_size))


def _figures(*images):
    return _detection(_evidence(*images)).section()


def test_a_perfect_answer():
    figures = _figures(([(0, 10, 10, 20, 20)], [(0, 0.9, 10, 10, 20, 20)]), ([], []))
    assert [figures[key] for key in ("map", "map50", "map75")] == pytest.approx([1, 1, 1])
    assert figures["per_class"]["pit"] == pytest.approx(
        {"ap": 1, "ap50": 1, "found_rate": 1, "support": 1}
    )


def test_a_class_without_truth_is_null_and_not_in_the_mean():
    figures = _figures(([(0, 10, 10, 20, 20)], [(0, 0.9, 10, 10, 20, 20), (1, 0.9, 0, 0, 5, 5)]))
    assert figures["map"] == pytest.approx(1)
    unseen = Missing("crack has no true box in this split")
    crack = figures["per_class"]["crack"]
    assert crack == {"ap": unseen, "ap50": unseen, "found_rate": unseen, "support": 0}


def test_weak_boxes_and_boxes_of_another_class_find_nothing():
    """They have an average precision all the same."""
    evidence = _evidence(
        ([(0, 10, 10, 20, 20)], [(0, 0.06, 10, 10, 20, 20), (1, 0.9, 10, 10, 20, 20)]),
        ([(0, 10, 10, 20, 20), (1, 60, 60, 9, 9)], [(0, 0.9, 10, 10, 20, 20)]),
    )
    scored = _detection(evidence)
    found = scored.section()["per_class"]
    assert (found["pit"]["ap50"], found["pit"]["found_rate"]) == pytest.approx((1, 0.5))
    assert found["crack"]["found_rate"] == 0
    assert scored.section(np.array([3, 1]))["per_class"]["pit"]["found_rate"] == 0.25


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
        assert figures["map"] == Missing("no class has a true box in this split")


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


def _pycocotools(split):
    """COCOeval's twelve figures, and its precision (IoUs, recalls, classes, sizes, limits)."""
    truth = COCO()
    truth.dataset = {
        "info": {},
        "images": [{"id": index} for index in range(len(split))],
        "categories": [{"id": label + 1, "name": name} for label, name in enumerate(CLASSES)],
        "annotations": [],
    }
    found = COCO()
    found.dataset = {**truth.dataset, "annotations": []}
    for index, (truths, boxes) in enumerate(split):
        for label, *box in truths:
            entry = _entry(truth, index, label, box)
            truth.dataset["annotations"].append(entry)
        for label, score, *box in boxes:
            entry = _entry(found, index, label, box) | {"score": score}
            found.dataset["annotations"].append(entry)
    with contextlib.redirect_stdout(io.StringIO()):
        truth.createIndex()
        found.createIndex()
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation.stats, evaluation.eval["precision"]


def _entry(coco, image, label, box):
    return {
        "id": len(coco.dataset["annotations"]) + 1,
        "image_id": image,
        "category_id": label + 1,
        "bbox": list(box),
        "area": box[2] * box[3],
        "iscrowd": 0,
    }


PLACES = {
    "map": 0,
    "map50": 1,
    "map75": 2,
    "map_small": 3,
    "map_medium": 4,
    "map_large": 5,
    "recall_100": 8,
}


def _agree(figures, split):
    stats, precision = _pycocotools(split)
    for name, place in PLACES.items():
        assert _same(figures[name], None if stats[place] == -1 else stats[place]), name
    for label, name in enumerate(CLASSES):
        own = precision[:, :, label, 0, 2]
        for key, part in (("ap", own), ("ap50", own[0])):
            expected = None if (part == -1).any() else part.mean()
            assert _same(figures["per_class"][name][key], expected)


def _same(figure, expected):
    if expected is None:
        return isinstance(figure, Missing)
    return figure == pytest.approx(expected, abs=1e-9)


def test_figures_are_pycocotools_own(capsys):
    split = _random_split()
    figures = _figures(*split)
    assert capsys.readouterr().out == ""
    _agree(figures, split)
    assert 0.1 < figures["map"] < 0.9


# Sides on the borders of COCO's sizes, and of no length; boxes that fit well, badly and not at all.
SIDE = st.sampled_from([0, 3, 31.5, 32, 40, 96, 97, 150])
PLACE = st.sampled_from([0, 1, 6, 200])
SCORE = st.sampled_from([0.1, 0.5, 0.5, 0.7, 0.9])
BOX = st.tuples(st.integers(0, 1), PLACE, PLACE, SIDE, SIDE)
FOUND = st.tuples(st.integers(0, 1), SCORE, PLACE, PLACE, SIDE, SIDE)
IMAGE = st.tuples(st.lists(BOX, max_size=3), st.lists(FOUND, max_size=5))


@given(st.lists(IMAGE, min_size=1, max_size=4))
def test_figures_are_pycocotools_own_on_odd_splits(split):
    _agree(_figures(*split), split)


@given(st.lists(IMAGE, min_size=1, max_size=4), st.data())
def test_a_weight_counts_an_image_so_often(split, data):
    # Equal scores on two images have an order, which a copy of the second would come in between.
    scores = iter(np.linspace(1, 0.1, 100))
    split = [
        (truths, [(label, float(next(scores)), *box) for label, _, *box in found])
        for truths, found in split
    ]
    weights = data.draw(
        st.lists(st.integers(0, 3), min_size=len(split), max_size=len(split)).filter(any)
    )
    weighted = _detection(_evidence(*split)).section(np.array(weights))
    _agree(
        weighted, [own for own, weight in zip(split, weights, strict=True) for _ in range(weight)]
    )


def test_the_size_of_a_defect_is_its_masks(blank, witness):
    masks = np.zeros((200, 200, 2), bool)
    masks[np.arange(200), np.arange(200), 0] = True  # a scratch of 200 pixels in a large box
    taken = witness(masks, boxes=[(0, 0.9, 0, 0, 200, 200)], size=(200, 200))
    figures = _detection([taken]).section()
    assert figures["map_small"] == pytest.approx(1)
    assert figures["map_large"] == Missing("no defect is large")


def test_more_than_100_boxes_of_a_class():
    split = [([(0, 10, 10, 20, 20)], [(0, 0.9, 300, 300, 9, 9)] * 100 + [(0, 0.8, 10, 10, 20, 20)])]
    _agree(_figures(*split), split)
    assert _figures(*split)["recall_100"] == 0


def test_in_training_sizes_are_left_out():
    split = _random_split(20)
    lean = _detection(_evidence(*split), by_size=False)
    full = _figures(*split)
    sizes = {"map_small", "map_medium", "map_large"}
    assert lean.section() == {key: value for key, value in full.items() if key not in sizes}
    assert not sizes & set(lean.headlines)
