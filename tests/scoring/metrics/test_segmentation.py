import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auxnet_cli.data.dataset import Annotation, Record
from auxnet_cli.data.labels.run_lengths import encode
from auxnet_cli.documents.section import Missing
from auxnet_cli.inspection import Inspection
from auxnet_cli.scoring.evidence import EvaluatedSplit
from auxnet_cli.scoring.image_evidence import collect_evidence
from auxnet_cli.scoring.metrics.segmentation import Segmentation

CLASSES = ("pit", "crack")


def segmentation(evidence):
    return Segmentation(EvaluatedSplit(evidence, CLASSES, ("seg",)))


@pytest.fixture
def scores_of(witness):
    def score(*images):
        """Images as (true masks, found masks); those with found masks are stopped."""
        taken = [witness(true, masks=found, defective=bool(found.any())) for true, found in images]
        return segmentation(taken).section()

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
    assert crack["iou"] == crack["dice"] == Missing("no image shows crack")
    assert (crack["images"], crack["quiet_rate"]) == (0, 1)
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
    undetected = Missing("pit was detected on no image")
    assert figures["per_class"]["pit"]["dice_when_detected"] == undetected


def test_an_image_counts_once_however_large_its_class(scores_of, blank):
    figures = scores_of(
        (blank((0, 0, 0, 8, 8)), blank((0, 0, 0, 8, 8))),
        (blank((0, 0, 0, 1, 1), (1, 4, 4, 2, 2)), blank((1, 4, 4, 2, 2))),
    )
    assert figures["dice_per_image"] == pytest.approx((1 + (0 + 1) / 2) / 2)


def test_images_with_a_defect_by_themselves(scores_of, blank):
    figures = scores_of(
        (blank((0, 0, 0, 2, 2)), blank((0, 0, 1, 2, 2))),  # IoU 2/6, 2 of 4 pixels
        (blank((0, 4, 4, 2, 2)), blank()),  # passed as good
        (blank((0, 0, 0, 1, 1), (1, 4, 4, 1, 1)), blank((1, 4, 4, 1, 2))),  # over both classes: 1/3
        (blank(), blank((0, 7, 0, 1, 2))),  # no defect: of no account here
    )
    assert figures["iou_defective"] == pytest.approx((1 / 3 + 0 + 1 / 3) / 3)
    assert figures["recall_defective"] == pytest.approx((0.5 + 0 + 0.5) / 3)


def test_a_mask_on_an_image_that_was_passed_is_no_use(witness, blank):
    masks = blank((0, 0, 0, 2, 2))
    for stopped in (False, True):
        figures = segmentation([witness(masks, masks=masks, defective=stopped)]).section()
        assert figures["iou_defective"] == figures["recall_defective"] == stopped
        assert figures["dice"] == 1
    figures = segmentation([witness(blank(), masks=masks, defective=True)]).section()
    assert figures["iou_defective"] == Missing("no image with a defect was scored")


def test_images_with_boxes_only_are_passed_over(inspection, blank):
    boxed = Record(1, "a.png", None, 8, 8, (Annotation(0, (0, 0, 2, 2), None),))
    taken = collect_evidence(boxed, inspection(masks=blank((0, 0, 0, 2, 2))), 2)
    metric = segmentation([taken])
    assert metric.section()["dice"] == Missing("no class has truth in this split")
    assert metric.section()["dice_kaggle"] == Missing("no image was scored")
    assert not any(counted.any() for _, counted in metric.rates().values())


split_of_masks = arrays(bool, (3, 2, 6, 5, 2), elements=st.booleans())


def _evidence(split):
    taken = []
    for true, found in split:
        defects = tuple(
            Annotation(label, (0, 0, 1, 1), encode(true[..., label]))
            for label in range(2)
            if true[..., label].any()
        )
        record = Record(1, "a.png", None, 6, 5, defects)
        inspection = Inspection(6, 5, CLASSES, None, found, None, bool(found.any()))
        taken.append(collect_evidence(record, inspection, 2))
    return taken


def _figures(split):
    return segmentation(_evidence(split)).section()


def _plain(split):
    """All figures from the pixels themselves, image by image."""
    per_class, pairs, of_images, ious, recalls = {}, [], [], [], []
    for true, found in split:
        own = []
        for t, p in zip(np.moveaxis(true, -1, 0), np.moveaxis(found, -1, 0), strict=True):
            dice = 2 * (t & p).sum() / (t.sum() + p.sum()) if t.any() or p.any() else None
            own.append(dice)
            pairs.append(1 if dice is None else dice)
        if any(dice is not None for dice in own):
            of_images.append(np.mean([dice for dice in own if dice is not None]))
        if true.any():
            ious.append((true & found).sum() / (true | found).sum())
            recalls.append((true & found).sum() / true.sum())
    for label in range(2):
        true, found = split[:, 0, ..., label], split[:, 1, ..., label]
        shows, quiet = true.any(axis=(1, 2)), ~found.any(axis=(1, 2))
        hit = (true & found).any(axis=(1, 2))
        pairs_hit = zip(true[hit], found[hit], strict=True)
        dices = [2 * (t & p).sum() / (t.sum() + p.sum()) for t, p in pairs_hit]
        per_class[CLASSES[label]] = {
            "iou": (true & found).sum() / (true | found).sum() if shows.any() else None,
            "dice": 2 * (true & found).sum() / (true.sum() + found.sum()) if shows.any() else None,
            "images": shows.sum(),
            "detected_rate": hit.sum() / shows.sum() if shows.any() else None,
            "dice_when_detected": np.mean(dices) if dices else None,
            "quiet_rate": (~shows & quiet).sum() / (~shows).sum() if not shows.all() else None,
        }
    known = [own for own in per_class.values() if own["iou"] is not None]
    return {
        "iou": np.mean([own["iou"] for own in known]) if known else None,
        "dice": np.mean([own["dice"] for own in known]) if known else None,
        "dice_per_image": np.mean(of_images) if of_images else None,
        "dice_kaggle": np.mean(pairs),
        "iou_defective": np.mean(ious) if ious else None,
        "recall_defective": np.mean(recalls) if recalls else None,
        "per_class": per_class,
    }


def _same(figures, plain):
    if isinstance(plain, dict):
        return all(_same(figures[key], plain[key]) for key in plain)
    return (
        isinstance(figures, Missing) if plain is None else figures == pytest.approx(plain, abs=1e-9)
    )


# Whole classes and whole images empty, so that the degenerate cases come often.
sparse = st.tuples(split_of_masks, arrays(bool, (3, 2, 1, 1, 2))).map(lambda two: two[0] & two[1])


@given(sparse)
def test_all_figures_are_those_of_the_pixels(split):
    assert _same(_figures(split), _plain(split))


@given(sparse, st.lists(st.integers(0, 3), min_size=3, max_size=3).filter(any))
def test_a_weight_counts_an_image_so_often(split, weights):
    weighted = segmentation(_evidence(split)).section(np.array(weights))
    assert _same(weighted, _plain(np.repeat(split, weights, axis=0)))


@given(sparse)
def test_rates_are_the_figures(split):
    scored = segmentation(_evidence(split))
    figures = scored.figures()
    for key, (hits, counted) in scored.rates().items():
        assert figures[key] == (hits.sum() / counted.sum() if counted.any() else None)
