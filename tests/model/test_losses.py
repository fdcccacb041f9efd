import math
from typing import get_args

import numpy as np
import pytest

from auxnet_cli.backend import keras, ops
from auxnet_cli.model import losses
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.settings import LossSettings
from auxnet_cli.settings.loader import load_settings, presets

KINDS = get_args(LossSettings.model_fields["segmentation"].annotation)


def _maps(*classes):
    """(1, 1, pixels, classes) from a list of pixels a class."""
    return np.array(classes, np.float32).T[None, None]


tensor = ops.convert_to_tensor


def _segmentation(truth, logits, known, kind, weights=None, **settings):
    settings = LossSettings(segmentation=kind, **settings)
    truth, logits, known = (tensor(array) for array in (truth, logits, known))
    return float(losses.segmentation_loss(truth, logits, known, settings, weights))


def test_cross_entropy_is_keras_own():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, (50, 1)).astype(np.float32)
    logits = rng.normal(0, 5, (50, 1)).astype(np.float32)
    theirs = keras.losses.binary_crossentropy(truth, logits, from_logits=True)
    ours = ops.convert_to_numpy(losses.cross_entropy(tensor(truth), tensor(logits)))
    theirs = ops.convert_to_numpy(theirs)
    np.testing.assert_allclose(ours[:, 0], theirs, rtol=1e-5, atol=1e-6)


LOGITS = np.array([-200, -30, -8, -1, -1e-3, 0, 1e-3, 1, 8, 30, 200], np.float32)


def _slopes(value, logits):
    """Central differences of a function in 64 bits."""
    step = 1e-6
    return (value(logits + step) - value(logits - step)) / (2 * step)


@pytest.mark.parametrize("truth", [0.0, 0.3, 1.0])
def test_the_slope_of_cross_entropy_is_the_score_less_the_truth(gradient, truth):
    """At a logit of exactly 0 as well: the slopes of max(x, 0) and |x| there are a convention."""
    truths = np.full_like(LOGITS, truth)
    found = gradient(lambda x: ops.sum(losses.cross_entropy(tensor(truths), x)), LOGITS)
    exact = LOGITS.astype(float)
    np.testing.assert_allclose(found, 1 / (1 + np.exp(-exact)) - truth, atol=1e-6)
    slopes = _slopes(lambda x: np.logaddexp(0, x) - truth * x, exact)
    np.testing.assert_allclose(found, slopes, atol=1e-6)


@pytest.mark.parametrize("gamma", [0.0, 0.25, 0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("truth", [0.0, 1.0])
def test_the_slope_of_the_focal_loss(gradient, truth, gamma):
    """Where p_t is 1 to the last bit, (1 − p_t)^γ with γ below 1 has an endless slope."""

    def value(logits):
        hit = np.where(truth, logits, -logits)
        return (
            (0.25 if truth else 0.75)
            * np.exp(-gamma * np.logaddexp(0, hit))
            * np.logaddexp(0, -hit)
        )

    truths = tensor(np.full_like(LOGITS, truth))
    found = gradient(lambda x: ops.sum(losses.focal_loss(truths, x, 0.25, gamma)), LOGITS)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, _slopes(value, LOGITS.astype(float)), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_the_slope_of_the_segmentation_losses(gradient, kind):
    """Logits of 0, and answers that are right or wrong beyond doubt, are no exception."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, (1, 4, 4, 2)).astype(np.float32)
    logits = rng.choice([-40, -1, 0, 1, 40], truth.shape).astype(np.float32)
    known, settings = tensor(np.ones(1, np.float32)), LossSettings(segmentation=kind)

    def loss(values):
        return losses.segmentation_loss(tensor(truth), values, known, settings)

    found = gradient(loss, logits)
    assert np.isfinite(found).all()
    step = 2**-5
    for place in map(tuple, np.argwhere(np.abs(logits) < 2)):
        moved = [logits.copy(), logits.copy()]
        moved[0][place] += step
        moved[1][place] -= step
        slope = (float(loss(tensor(moved[0]))) - float(loss(tensor(moved[1])))) / (2 * step)
        assert found[place] == pytest.approx(slope, abs=1e-4)


@pytest.mark.parametrize("distance", [-1.0, 0.0, 1.0])
def test_the_slope_of_smooth_l1_has_no_kink(gradient, distance):
    found = gradient(lambda x: ops.sum(losses.smooth_l1(tensor([0.0]), x)), [distance])
    assert found == pytest.approx([distance], abs=1e-6)


def test_classification_by_hand():
    truth, logits = tensor([[1.0, 0.0]]), tensor([[0.0, math.log(3)]])
    # p = 1/2 and 3/4: −(log ½ + log ¼) / 2
    expected = (math.log(2) + math.log(4)) / 2
    assert float(losses.classification_loss(truth, logits, exclusive=False)) == pytest.approx(
        expected
    )


def test_exclusive_classification_by_hand():
    truth, logits = tensor([[0.0, 1.0, 0.0]]), ops.log(tensor([[1.0, 2.0, 1.0]]))
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
    truth, logits = tensor(truth), tensor(logits)
    focal = losses.focal_loss(truth, logits, alpha=0.5, gamma=0.0)
    entropy = ops.convert_to_numpy(losses.cross_entropy(truth, logits))
    np.testing.assert_allclose(ops.convert_to_numpy(focal), entropy / 2, rtol=1e-5)


def test_smooth_l1_by_hand():
    truth, guess = np.zeros(4, np.float32), np.array([0.0, 0.5, -1.0, 3.0], np.float32)
    np.testing.assert_allclose(losses.smooth_l1(truth, guess), [0, 0.125, 0.5, 2.5])


def _detection(classes, scores, boxes=None, offsets=None):
    shape = (*np.shape(classes), 4)
    return float(
        losses.detection_loss(
            tensor(np.array(classes, np.int32)),
            tensor(np.zeros(shape, np.float32) if offsets is None else np.array(offsets)),
            tensor(np.array(scores, np.float32)),
            tensor(np.zeros(shape, np.float32) if boxes is None else np.array(boxes, np.float32)),
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
    assert _segmentation(truth, logits, known, "dice") == pytest.approx(0, abs=1e-6)
    both = _segmentation(truth, logits, known, "dice+bce")
    assert both == pytest.approx((30 + 30) / 4, rel=1e-4)


@pytest.mark.parametrize("preset", presets())
def test_a_small_batch_unlearns_false_alarms_of_a_class_that_it_lacks(gradient, preset):
    """Of batches of 8 most lack a rare class; Dice alone has no slope there."""
    settings = load_settings(preset)
    truth = np.zeros((settings.training.batch_size, 4, 4, 2), np.float32)
    truth[0, :2, :, 0] = 1
    logits = np.where(truth, 2, -2).astype(np.float32)
    logits[:, 1, 1, 1] = 3  # false alarms

    def slope(loss):
        known = tensor(np.ones(len(truth), np.float32))
        return gradient(lambda x: losses.segmentation_loss(tensor(truth), x, known, loss), logits)[
            :, 1, 1, 1
        ]

    pixel = 1 / truth.size / (1 + math.exp(-3))
    assert slope(settings.loss) == pytest.approx(np.full(len(truth), pixel), rel=1e-4)
    assert (slope(LossSettings(segmentation="dice")) == 0).all()


def test_segmentation_of_good_parts_alone_unlearns_false_alarms():
    truth, known = _maps([0, 0], [0, 0]), np.ones(1, np.float32)
    loud = _segmentation(truth, _maps([9, 9], [9, 9]), known, "dice")
    quiet = _segmentation(truth, _maps([-9, -9], [-9, -9]), known, "dice")
    assert loud == pytest.approx(2 / 3, abs=1e-3)
    assert quiet == pytest.approx(0, abs=1e-3)


def test_weighted_classification_by_hand():
    truth, logits = tensor([[1.0, 0.0]]), tensor([[0.0, math.log(3)]])
    weights = np.array([[7.0, 0.5], [3.0, 9.0]], np.float32)
    # Present costs log 2 three times, absent log 4 half a time.
    expected = (3 * math.log(2) + 0.5 * math.log(4)) / 2
    found = losses.classification_loss(truth, logits, exclusive=False, weights=weights)
    assert float(found) == pytest.approx(expected)
    truth = tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    logits = ops.log(tensor([[1.0, 2.0, 1.0], [1.0, 1.0, 2.0]]))
    weights = np.array([[9.0, 9.0, 9.0], [0.5, 4.0, 9.0]], np.float32)
    found = losses.classification_loss(truth, logits, exclusive=True, weights=weights)
    assert float(found) == pytest.approx((4 * math.log(2) + 0.5 * math.log(4)) / 2)


def test_weighted_segmentation_by_hand():
    truth, logits = _maps([1, 0], [0, 0]), _maps([0, 0], [0, 0])
    known, weights = np.ones(1, np.float32), np.array([4, 2], np.float32)
    # Class 0 alone is shown: Σyŷ = 1/2, Σy = 1, Σŷ = 1.
    dice = _segmentation(truth, logits, known, "dice", weights)
    assert dice == pytest.approx(4 * (1 - 2 / 3), rel=1e-5)
    # One defective pixel of class 0, three values of background.
    entropy = _segmentation(truth, logits, known, "bce", weights)
    assert entropy == pytest.approx((4 + 3) / 4 * math.log(2), rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_leave_good_parts_and_ones_as_they_are(kind):
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2, 4, 4, 3)).astype(np.float32)
    known = np.ones(2, np.float32)
    for truth, weights in (
        (np.zeros_like(logits), np.array([9, 5, 1], np.float32)),
        (rng.integers(0, 2, logits.shape).astype(np.float32), np.ones(3, np.float32)),
    ):
        plain = _segmentation(truth, logits, known, kind)
        weighted = _segmentation(truth, logits, known, kind, weights)
        assert weighted == pytest.approx(plain, rel=1e-5)


def test_positive_weight_by_hand():
    truth, known = _maps([1, 0], [0, 0]), np.ones(1, np.float32)
    # Every value costs log 2; the one defective pixel of four counts six times.
    entropy = _segmentation(truth, np.zeros_like(truth), known, "bce", positive_weight=6)
    assert entropy == pytest.approx((6 + 3) / 4 * math.log(2), rel=1e-5)
    # The class's own weight comes on top.
    twice = np.array([2, 9], np.float32)
    entropy = _segmentation(truth, np.zeros_like(truth), known, "bce", twice, positive_weight=6)
    assert entropy == pytest.approx((12 + 3) / 4 * math.log(2), rel=1e-5)


def test_a_sum_is_that_of_its_parts():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, (2, 4, 4, 3)).astype(np.float32)
    logits, known = rng.normal(size=truth.shape).astype(np.float32), np.ones(2, np.float32)
    entropy = _segmentation(truth, logits, known, "bce")
    sums = [kind for kind in KINDS if "+" in kind]
    assert len(sums) == 4
    for kind in sums:
        part = _segmentation(truth, logits, known, kind.removesuffix("+bce"))
        assert part > 0.1
        assert _segmentation(truth, logits, known, kind) == pytest.approx(part + entropy, rel=1e-5)


def test_the_parameters_reach_the_tversky_losses():
    truth, known = _maps([1, 1]), np.ones(1, np.float32)
    logits = _maps([40, -40])
    # One found, one missed: TI = (1 + 0.5) / (1 + 0.8 + 0.5).
    chosen = {"tversky_misses": 0.8, "tversky_false_alarms": 0.2, "tversky_gamma": 2.0}
    loss = 1 - 1.5 / 2.3
    assert _segmentation(truth, logits, known, "tversky", **chosen) == pytest.approx(loss)
    found = _segmentation(truth, logits, known, "focal-tversky", **chosen)
    assert found == pytest.approx(math.sqrt(loss))


@pytest.mark.parametrize("kind", KINDS)
def test_unlabelled_samples_do_not_count(kind):
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, (2, 4, 4, 3)).astype(np.float32)
    logits = rng.normal(size=(2, 4, 4, 3)).astype(np.float32)
    alone = _segmentation(truth[:1], logits[:1], np.ones(1, np.float32), kind)
    beside = _segmentation(truth, logits, np.array([1, 0], np.float32), kind)
    assert alone == pytest.approx(beside, rel=1e-5)


def test_the_sum_is_equation_6():
    settings = LossSettings(classification_weight=1, segmentation_weight=2, detection_weight=3)
    parts = {"classification": 10.0, "segmentation": 100.0, "detection": 1000.0}
    assert losses.total_loss(parts, settings) == 3210
    assert losses.total_loss({"segmentation": 5.0}, settings) == 10


def test_the_weights_reach_the_heads():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(2, 4, 4, 2)).astype(np.float32)
    outputs = {"classification": tensor(logits[:, 0, 0]), "segmentation": tensor(logits)}
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
