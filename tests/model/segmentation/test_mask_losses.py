import math
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auxnet_cli.backend import ops
from auxnet_cli.model.segmentation.mask_losses import overlap_loss, segmentation_loss
from auxnet_cli.settings import LossSettings
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.settings.presets import presets

KINDS = get_args(LossSettings.model_fields["segmentation"].annotation)
OVERLAPS = [kind for kind in KINDS if "bce" not in kind]
PIXELS = (1, 3, 4, 2)
tensor = ops.convert_to_tensor


def _maps(*classes):
    """(1, 1, pixels, classes) from a list of pixels a class."""
    return np.array(classes, np.float32).T[None, None]


def _overlap(kind, truth, guess, **settings):
    loss = overlap_loss(kind, tensor(truth), tensor(guess), LossSettings(**settings))
    return ops.convert_to_numpy(loss)


def _loss(truth, logits, kind, weights=None, known=None, **settings):
    settings = LossSettings(segmentation=kind, **settings)
    known = np.ones(len(truth), np.float32) if known is None else np.array(known, np.float32)
    truth, logits, known = (tensor(array) for array in (truth, logits, known))
    return float(segmentation_loss(truth, logits, known, settings, weights))


def _random(shape=(2, 4, 4, 3)):
    rng = np.random.default_rng(0)
    return rng.integers(0, 2, shape).astype(np.float32), rng.normal(size=shape).astype(np.float32)


def test_overlap_losses_by_hand():
    truth, guess = _maps([1, 1, 0, 0], [0, 0, 0, 0]), _maps([1, 0.5, 0.5, 0], [0, 0, 0.5, 0.5])
    # Σyŷ = 1.5, Σy = 2, Σŷ = 2: 1 − (3 + 1) / (4 + 1); nothing there: 1 − 1 / (0 + 1 + 1)
    np.testing.assert_allclose(_overlap("dice", truth, guess), [1 - 4 / 5, 1 - 1 / 2])
    # union 2 + 2 − 1.5 = 2.5
    np.testing.assert_allclose(_overlap("jaccard", truth, guess)[0], 1 - 2.5 / 3.5, rtol=1e-6)
    truth, guess = _maps([1, 1, 1, 0, 0]), _maps([1, 0.5, 0, 0.5, 0])
    # shared 1.5, missed 1.5, falsely found 0.5, smoothed by (0.7 + 0.3) / 2
    expected = 1 - (1.5 + 0.5) / (1.5 + 0.7 * 1.5 + 0.3 * 0.5 + 0.5)
    np.testing.assert_allclose(_overlap("tversky", truth, guess), [expected], rtol=1e-6)
    focal = _overlap("focal-tversky", truth, guess, tversky_gamma=4 / 3)
    np.testing.assert_allclose(focal, [expected**0.75], rtol=1e-6)


def test_each_weight_is_on_its_side():
    truth = _maps([1, 1, 0, 0])
    missed, false = _maps([1, 0, 0, 0]), _maps([1, 1, 1, 0])
    for guess, by_misses in ((missed, True), (false, False)):
        heavy, light = (
            _overlap("tversky", truth, guess, tversky_misses=m, tversky_false_alarms=1 - m)[0]
            for m in (0.9, 0.1)
        )
        assert (heavy > light) == by_misses


@given(
    arrays(np.float32, PIXELS, elements=st.sampled_from([0.0, 1.0])),
    arrays(np.float32, PIXELS, elements=st.floats(0, 1, width=32)),
)
def test_tversky_is_dice_at_a_half_and_jaccard_at_1(truth, guess):
    for kind, weight in (("dice", 0.5), ("jaccard", 1)):
        alike = {"tversky_misses": weight, "tversky_false_alarms": weight}
        tversky = _overlap("tversky", truth, guess, **alike)
        np.testing.assert_allclose(tversky, _overlap(kind, truth, guess), atol=2e-6)


@pytest.mark.parametrize("kind", OVERLAPS)
def test_a_perfect_answer_costs_nothing_and_has_a_slope(gradient, kind):
    """(1 − TI)^(1/γ) alone has an endless one there, and one step would ruin the network."""
    truth, logits = _maps([1, 0, 1], [0, 0, 0]), _maps([30, -30, 30], [-90, -90, -90])

    def loss(values):
        return ops.sum(overlap_loss(kind, tensor(truth), ops.sigmoid(values), LossSettings()))

    assert float(loss(tensor(logits))) == pytest.approx(0, abs=1e-4)
    np.testing.assert_allclose(gradient(loss, logits), 0, atol=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_slope_of_the_segmentation_losses(gradient, kind):
    """Logits of 0, and answers that are right or wrong beyond doubt, are no exception."""
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, (1, 3, 3, 2)).astype(np.float32)
    logits = rng.choice([-40, -1, 0, 1, 40], truth.shape).astype(np.float32)
    known, settings = tensor(np.ones(1, np.float32)), LossSettings(segmentation=kind)

    def loss(values):
        return segmentation_loss(tensor(truth), values, known, settings)

    slopes = gradient(loss, logits)
    assert np.isfinite(slopes).all()
    step = 2**-5
    for pixel in map(tuple, np.argwhere(np.abs(logits) < 2)):
        moved = [logits.copy(), logits.copy()]
        moved[0][pixel] += step
        moved[1][pixel] -= step
        slope = (float(loss(tensor(moved[0]))) - float(loss(tensor(moved[1])))) / (2 * step)
        assert slopes[pixel] == pytest.approx(slope, abs=1e-4)


def test_dice_is_averaged_over_the_classes_shown():
    truth, logits = _maps([1, 0], [0, 0]), _maps([30, -30], [30, 30])
    # The absent class's false alarms do not enter Dice here; they do in cross-entropy.
    assert _loss(truth, logits, "dice") == pytest.approx(0, abs=1e-6)
    assert _loss(truth, logits, "dice+bce") == pytest.approx((30 + 30) / 4, rel=1e-4)


@pytest.mark.parametrize("preset", [name for name in presets() if name != "paper"])
def test_a_small_batch_unlearns_false_alarms_of_a_class_that_it_lacks(gradient, preset):
    """Of batches of 8 most lack a rare class; Dice alone, the paper's loss, has no slope there."""
    settings = load_settings(preset)
    truth = np.zeros((settings.training.batch_size, 4, 4, 2), np.float32)
    truth[0, :2, :, 0] = 1
    logits = np.where(truth, 2, -2).astype(np.float32)
    logits[:, 1, 1, 1] = 3  # false alarms
    known = tensor(np.ones(len(truth), np.float32))

    def slope(loss):
        slopes = gradient(lambda x: segmentation_loss(tensor(truth), x, known, loss), logits)
        return slopes[:, 1, 1, 1]

    pixel = 1 / truth.size / (1 + math.exp(-3))
    assert slope(settings.loss) == pytest.approx(np.full(len(truth), pixel), rel=1e-4)
    assert (slope(LossSettings(segmentation="dice")) == 0).all()


def test_good_parts_alone_unlearn_false_alarms():
    truth = _maps([0, 0], [0, 0])
    assert _loss(truth, _maps([9, 9], [9, 9]), "dice") == pytest.approx(2 / 3, abs=1e-3)
    assert _loss(truth, _maps([-9, -9], [-9, -9]), "dice") == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize(
    ("kind", "weights", "positive", "expected"),
    [
        # Class 0 alone is shown: Σyŷ = 1/2, Σy = 1, Σŷ = 1.
        ("dice", [4, 2], 1, 4 * (1 - 2 / 3)),
        # Every value costs log 2: one defective pixel of class 0, three values of background.
        ("bce", [4, 2], 1, (4 + 3) / 4 * math.log(2)),
        ("bce", None, 6, (6 + 3) / 4 * math.log(2)),
        ("bce", [2, 9], 6, (12 + 3) / 4 * math.log(2)),
    ],
)
def test_weights_by_hand(kind, weights, positive, expected):
    truth = _maps([1, 0], [0, 0])
    weights = weights and np.array(weights, np.float32)
    loss = _loss(truth, np.zeros_like(truth), kind, weights, positive_weight=positive)
    assert loss == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_weights_leave_good_parts_and_ones_as_they_are(kind):
    truth, logits = _random()
    for masks, weights in ((np.zeros_like(truth), [9, 5, 1]), (truth, [1, 1, 1])):
        weighted = _loss(masks, logits, kind, np.array(weights, np.float32))
        assert weighted == pytest.approx(_loss(masks, logits, kind), rel=1e-5)


def test_a_sum_is_that_of_its_parts():
    truth, logits = _random()
    entropy = _loss(truth, logits, "bce")
    for kind in OVERLAPS:
        part = _loss(truth, logits, kind)
        assert part > 0.1
        assert _loss(truth, logits, f"{kind}+bce") == pytest.approx(part + entropy, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_unlabelled_samples_do_not_count(kind):
    truth, logits = _random()
    alone = _loss(truth[:1], logits[:1], kind)
    assert alone == pytest.approx(_loss(truth, logits, kind, known=[1, 0]), rel=1e-5)
