import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import f1_score, jaccard_score

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.data.rle import encode
from auxnet_cli.inspection import Inspection
from auxnet_cli.scoring.segmentation import SegmentationScores, area_of
from auxnet_cli.scoring.truth import Truth

CLASSES = ("pit", "crack")


@pytest.fixture
def scores_of(truth, inspection):
    def score(*images):
        """Images as (true masks, found masks)."""
        gatherer = SegmentationScores(CLASSES)
        for true, found in images:
            gatherer.add(truth(true), inspection(masks=found))
        return gatherer.figures()

    return score


def test_figures_worked_by_hand(scores_of, blank):
    figures = scores_of(
        # 4 px of pit, 4 found, 2 in common: Dice 1/2
        (blank((0, 0, 0, 2, 2)), blank((0, 0, 1, 2, 2))),
        # 4 px of pit, nothing found: Dice 0
        (blank((0, 4, 4, 2, 2)), blank()),
        # a good image, 2 px of pit falsely found
        (blank(), blank((0, 7, 0, 1, 2))),
        # a good image, passed in silence
        (blank(), blank()),
    )
    assert figures["per_class"]["pit"] == {
        "iou": pytest.approx(2 / 12),
        "dice": pytest.approx(4 / 14),
        "images": 2,
        "detected_rate": 0.5,
        "dice_when_detected": 0.5,
        "quiet_rate": 0.5,
    }
    crack = figures["per_class"]["crack"]
    assert (crack["iou"], crack["dice"], crack["images"], crack["quiet_rate"]) == (None, None, 0, 1)
    assert crack["reasons"]["dice"] == "no image shows crack"
    # The mean is over the class that has truth.
    assert figures["dice"] == pytest.approx(4 / 14)
    # Images 1, 2, 3 hold something: (1/2 + 0 + 0) / 3. All 8 pairs: crack is 1 everywhere.
    assert figures["dice_per_image"] == pytest.approx(0.5 / 3)
    assert figures["dice_kaggle"] == pytest.approx((0.5 + 0 + 0 + 1 + 4) / 8)


def test_an_answer_that_finds_nothing_scores_high_on_kaggle_but_detects_nothing(scores_of, blank):
    images = [(blank((0, 0, 0, 2, 2)), blank())] + [(blank(), blank())] * 9
    figures = scores_of(*images)
    assert figures["dice_kaggle"] == pytest.approx(0.95)
    assert figures["dice"] == 0
    assert figures["dice_per_image"] == 0
    assert figures["per_class"]["pit"]["detected_rate"] == 0
    assert figures["per_class"]["pit"]["quiet_rate"] == 1
    assert figures["per_class"]["pit"]["reasons"] == {
        "dice_when_detected": "pit was detected on no image"
    }


def test_an_image_counts_once_however_large_its_class(scores_of, blank):
    figures = scores_of(
        (blank((0, 0, 0, 8, 8)), blank((0, 0, 0, 8, 8))),
        (blank((0, 0, 0, 1, 1), (1, 4, 4, 2, 2)), blank((1, 4, 4, 2, 2))),
    )
    assert figures["dice_per_image"] == pytest.approx((1 + (0 + 1) / 2) / 2)


def test_quiet_rate_is_missing_where_every_image_shows_the_class(scores_of, blank):
    masks = blank((0, 0, 0, 2, 2), (1, 4, 4, 2, 2))
    pit = scores_of((masks, masks))["per_class"]["pit"]
    assert pit["reasons"] == {"quiet_rate": "every image shows pit"}
    assert pit["dice"] == 1


def test_images_with_boxes_only_are_passed_over(inspection, blank):
    gatherer = SegmentationScores(CLASSES)
    boxed = Record(1, "a.png", None, 8, 8, (Annotation(0, (0, 0, 2, 2), None),))
    gatherer.add(Truth(boxed, 2), inspection(masks=blank((0, 0, 0, 2, 2))))
    figures = gatherer.figures()
    assert figures["dice"] is None
    assert figures["reasons"]["dice_kaggle"] == "no image was scored"


def test_masks_of_another_size_are_no_match(truth, inspection, blank):
    gatherer = SegmentationScores(CLASSES)
    with pytest.raises(ValueError, match=r"\(4, 4, 2\)"):
        gatherer.add(truth(blank((0, 0, 0, 2, 2))), inspection(masks=np.zeros((4, 4, 2), bool)))


split_of_masks = arrays(bool, (3, 2, 6, 5, 2), elements=st.booleans())


def _figures(split):
    gatherer = SegmentationScores(CLASSES)
    for true, found in split:
        defects = tuple(
            Annotation(label, (0, 0, 1, 1), encode(true[..., label]))
            for label in range(2)
            if true[..., label].any()
        )
        record = Record(1, "a.png", None, 6, 5, defects)
        gatherer.add(Truth(record, 2), Inspection(6, 5, CLASSES, None, found, None, False))
    return gatherer.figures()


@settings(deadline=None)
@given(split_of_masks)
def test_pooled_figures_are_scikit_learns_over_all_pixels(split):
    figures = _figures(split)
    for label, name in enumerate(CLASSES):
        true, found = (split[:, which, ..., label].ravel() for which in (0, 1))
        own = figures["per_class"][name]
        if not true.any():
            assert own["iou"] is own["dice"] is None
            continue
        assert own["iou"] == pytest.approx(jaccard_score(true, found))
        assert own["dice"] == pytest.approx(f1_score(true, found))
        assert own["dice"] == pytest.approx(2 * own["iou"] / (1 + own["iou"]))


@settings(deadline=None)
@given(split_of_masks)
def test_kaggles_dice_is_the_mean_over_pairs(split):
    pairs = [
        1.0 if not (t.any() or p.any()) else 2 * (t & p).sum() / (t.sum() + p.sum())
        for true, found in split
        for t, p in zip(np.moveaxis(true, -1, 0), np.moveaxis(found, -1, 0), strict=True)
    ]
    assert _figures(split)["dice_kaggle"] == pytest.approx(np.mean(pairs))


def test_areas_of_a_large_mask():
    masks = np.ones((300, 70000, 2), bool)
    masks[..., 1] = False
    assert area_of(masks).tolist() == [21_000_000, 0]
