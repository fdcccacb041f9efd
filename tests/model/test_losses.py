import math

import numpy as np
import pytest

from auxnet_cli.backend import keras, ops
from auxnet_cli.model import losses
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.settings import LossSettings


def _maps(*classes):
    """(1, 1, pixels, classes) from a list of pixels a class."""
    return np.array(classes, np.float32).T[None, None]


def test_dice_by_hand():
    truth, guess = _maps([1, 1, 0, 0], [0, 0, 0, 0]), _maps([1, 0.5, 0.5, 0], [0, 0, 0.5, 0.5])
    # Σyŷ = 1.5, Σy = 2, Σŷ = 2: 1 − (3 + 1) / (4 + 1); nothing there: 1 − 1 / (0 + 1 + 1)
    assert np.allclose(losses.dice_loss(truth, guess), [1 - 4 / 5, 1 - 1 / 2])


def test_jaccard_by_hand():
    truth, guess = _maps([1, 1, 0, 0]), _maps([1, 0.5, 0.5, 0])
    # shared 1.5, union 2 + 2 − 1.5 = 2.5
    assert np.allclose(losses.jaccard_loss(truth, guess), [1 - 2.5 / 3.5])


def test_dice_of_a_perfect_answer_is_0():
    truth = _maps([1, 0, 1])
    assert np.allclose(losses.dice_loss(truth, truth), [0])


def test_cross_entropy_is_keras_own():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, (50, 1)).astype(np.float32)
    logits = rng.normal(0, 5, (50, 1)).astype(np.float32)
    theirs = keras.losses.binary_crossentropy(truth, logits, from_logits=True)
    np.testing.assert_allclose(
        np.asarray(losses.cross_entropy(truth, logits))[:, 0], theirs, rtol=1e-5, atol=1e-6
    )


def test_classification_by_hand():
    truth, logits = np.array([[1.0, 0.0]]), np.array([[0.0, math.log(3)]])
    # p = 1/2 and 3/4: −(log ½ + log ¼) / 2
    expected = (math.log(2) + math.log(4)) / 2
    assert float(losses.classification_loss(truth, logits, exclusive=False)) == pytest.approx(
        expected
    )


def test_exclusive_classification_by_hand():
    truth, logits = np.array([[0.0, 1.0, 0.0]]), np.log([[1.0, 2.0, 1.0]])
    loss = float(losses.classification_loss(truth, logits, exclusive=True))
    assert loss == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    ("truth", "logit", "expected"),
    [
        (1.0, math.log(3), 0.25 * 0.25**4 * -math.log(0.75)),  # p_t = 3/4
        (0.0, math.log(3), 0.75 * 0.75**4 * -math.log(0.25)),  # p_t = 1/4
    ],
)
def test_focal_by_hand(truth, logit, expected):
    loss = float(losses.focal_loss(np.float32(truth), np.float32(logit), alpha=0.25, gamma=4.0))
    assert loss == pytest.approx(expected, rel=1e-5)


def test_focal_without_focus_is_half_the_cross_entropy():
    logits = np.linspace(-4, 4, 9, dtype=np.float32)
    truth = (np.arange(9) % 2).astype(np.float32)
    focal = losses.focal_loss(truth, logits, alpha=0.5, gamma=0.0)
    np.testing.assert_allclose(
        focal, np.asarray(losses.cross_entropy(truth, logits)) / 2, rtol=1e-5
    )


def test_smooth_l1_by_hand():
    truth, guess = np.zeros(4, np.float32), np.array([0.0, 0.5, -1.0, 3.0], np.float32)
    np.testing.assert_allclose(losses.smooth_l1(truth, guess), [0, 0.125, 0.5, 2.5])


def _detection(classes, scores, boxes=None, offsets=None):
    shape = (*np.shape(classes), 4)
    return float(
        losses.detection_loss(
            np.array(classes, np.int32),
            np.zeros(shape, np.float32) if offsets is None else np.array(offsets, np.float32),
            np.array(scores, np.float32),
            np.zeros(shape, np.float32) if boxes is None else np.array(boxes, np.float32),
            LossSettings(),
        )
    )


def test_detection_by_hand():
    # One matched anchor, one ignored, one background; p = 1/2 everywhere; box off by (2, 0, 0, 0).
    loss = _detection([[0, -2, -1]], np.zeros((1, 3, 1)), boxes=[[[2, 0, 0, 0], [9] * 4, [9] * 4]])
    focal = (0.25 + 0.75) * 0.5**4 * math.log(2)
    assert loss == pytest.approx(focal + 1.5 / 4, rel=1e-5)


def test_good_parts_alone_teach_the_class_subnet():
    loud = _detection([[-1, -1]], np.zeros((1, 2, 1)))
    assert loud == pytest.approx(2 * 0.75 * 0.5**4 * math.log(2), rel=1e-5)
    assert _detection([[-1, -1]], np.full((1, 2, 1), -9.0)) < loud / 1000


def test_segmentation_averages_dice_over_the_classes_shown():
    truth = _maps([1, 0], [0, 0])
    logits = _maps([30, -30], [30, 30])
    # The absent class's false alarms do not enter Dice here; they do in cross-entropy.
    known = np.ones(1, np.float32)
    assert float(losses.segmentation_loss(truth, logits, known, "dice")) == pytest.approx(
        0, abs=1e-6
    )
    both = float(losses.segmentation_loss(truth, logits, known, "dice+bce"))
    assert both == pytest.approx((30 + 30) / 4, rel=1e-4)


def test_segmentation_of_good_parts_alone_unlearns_false_alarms():
    truth, known = _maps([0, 0], [0, 0]), np.ones(1, np.float32)
    loud = float(losses.segmentation_loss(truth, _maps([9, 9], [9, 9]), known, "dice"))
    quiet = float(losses.segmentation_loss(truth, _maps([-9, -9], [-9, -9]), known, "dice"))
    assert loud == pytest.approx(2 / 3, abs=1e-3)
    assert quiet == pytest.approx(0, abs=1e-3)


def test_weighted_classification_by_hand():
    truth, logits = np.array([[1.0, 0.0]]), np.array([[0.0, math.log(3)]])
    weights = np.array([[7.0, 0.5], [3.0, 9.0]])
    # Present costs log 2 three times, absent log 4 half a time.
    expected = (3 * math.log(2) + 0.5 * math.log(4)) / 2
    found = losses.classification_loss(truth, logits, exclusive=False, weights=weights)
    assert float(found) == pytest.approx(expected)
    truth, logits = np.eye(3)[[1, 0]], np.log([[1.0, 2.0, 1.0], [1.0, 1.0, 2.0]])
    weights = np.array([[9.0, 9.0, 9.0], [0.5, 4.0, 9.0]])
    found = losses.classification_loss(truth, logits, exclusive=True, weights=weights)
    assert float(found) == pytest.approx((4 * math.log(2) + 0.5 * math.log(4)) / 2)


def test_weighted_segmentation_by_hand():
    truth, logits = _maps([1, 0], [0, 0]), _maps([0, 0], [0, 0])
    known, weights = np.ones(1, np.float32), np.array([4, 2], np.float32)
    # Class 0 alone is shown: Σyŷ = 1/2, Σy = 1, Σŷ = 1.
    dice = float(losses.segmentation_loss(truth, logits, known, "dice", weights))
    assert dice == pytest.approx(4 * (1 - 2 / 3), rel=1e-5)
    # One defective pixel of class 0, three values of background.
    entropy = float(losses.segmentation_loss(truth, logits, known, "bce", weights))
    assert entropy == pytest.approx((4 + 3) / 4 * math.log(2), rel=1e-5)


@pytest.mark.parametrize("kind", ["dice", "bce", "jaccard", "dice+bce", "jaccard+bce"])
def test_weights_leave_good_parts_and_ones_as_they_are(kind):
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2, 4, 4, 3)).astype(np.float32)
    known = np.ones(2, np.float32)
    for truth, weights in (
        (np.zeros_like(logits), np.array([9, 5, 1], np.float32)),
        (rng.integers(0, 2, logits.shape).astype(np.float32), np.ones(3, np.float32)),
    ):
        plain = losses.segmentation_loss(truth, logits, known, kind)
        weighted = losses.segmentation_loss(truth, logits, known, kind, weights)
        assert float(weighted) == pytest.approx(float(plain), rel=1e-5)


@pytest.mark.parametrize("kind", ["dice", "bce", "jaccard", "dice+bce", "jaccard+bce"])
def test_unlabelled_samples_do_not_count(kind):
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, (2, 4, 4, 3)).astype(np.float32)
    logits = rng.normal(size=(2, 4, 4, 3)).astype(np.float32)
    alone = losses.segmentation_loss(truth[:1], logits[:1], np.ones(1, np.float32), kind)
    beside = losses.segmentation_loss(truth, logits, np.array([1, 0], np.float32), kind)
    assert float(alone) == pytest.approx(float(beside), rel=1e-5)


def test_the_sum_is_equation_6():
    settings = LossSettings(classification_weight=1, segmentation_weight=2, detection_weight=3)
    parts = {"classification": 10.0, "segmentation": 100.0, "detection": 1000.0}
    assert losses.total_loss(parts, settings) == 3210
    assert losses.total_loss({"segmentation": 5.0}, settings) == 10


def test_the_weights_reach_the_heads():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2, 4, 4, 2)).astype(np.float32)
    outputs = {"classification": logits[:, 0, 0], "segmentation": logits}
    targets = {
        "classification": np.eye(2, dtype=np.float32),
        "segmentation": rng.integers(0, 2, logits.shape).astype(np.uint8),
        "segmentation_known": np.ones(2, np.float32),
    }
    weights = ClassWeights(np.full((2, 2), 3, np.float32), np.full(2, 5, np.float32))
    settings = LossSettings(segmentation="dice")
    plain = losses.head_losses(targets, outputs, settings, False)
    weighted = losses.head_losses(targets, outputs, settings, False, weights)
    assert float(weighted["classification"]) == pytest.approx(
        3 * float(plain["classification"]), rel=1e-5
    )
    assert float(weighted["segmentation"]) == pytest.approx(
        5 * float(plain["segmentation"]), rel=1e-5
    )


def test_only_the_heads_built_have_a_loss():
    outputs = {"classification": ops.zeros((2, 3))}
    targets = {"classification": np.zeros((2, 3), np.float32)}
    found = losses.head_losses(targets, outputs, LossSettings(), exclusive=False)
    assert list(found) == ["classification"]
    assert float(found["classification"]) == pytest.approx(math.log(2))
