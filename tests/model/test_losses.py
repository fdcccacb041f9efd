import math

import numpy as np
import pytest

from auxnet_cli.backend import compiled, keras, ops
from auxnet_cli.model import losses

tensor = ops.convert_to_tensor
LOGITS = np.array([-200, -30, -8, -1, -1e-3, 0, 1e-3, 1, 8, 30, 200], np.float32)


def _slopes(value, logits):
    """Central differences of a function in 64 bits."""
    step = 1e-6
    return (value(logits + step) - value(logits - step)) / (2 * step)


def test_cross_entropy_is_keras_own():
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 2, (50, 1)).astype(np.float32)
    logits = rng.normal(0, 5, (50, 1)).astype(np.float32)
    theirs = keras.losses.binary_crossentropy(truth, logits, from_logits=True)
    ours = ops.convert_to_numpy(losses.cross_entropy(tensor(truth), tensor(logits)))
    np.testing.assert_allclose(ours[:, 0], ops.convert_to_numpy(theirs), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("truth", [0.0, 0.3, 1.0])
def test_the_slope_of_cross_entropy_is_the_score_less_the_truth(gradient, truth):
    """At a logit of exactly 0 as well: the slopes of max(x, 0) and |x| there are a convention."""
    truths = np.full_like(LOGITS, truth)
    slope = gradient(lambda x: ops.sum(losses.cross_entropy(tensor(truths), x)), LOGITS)
    exact = LOGITS.astype(float)
    np.testing.assert_allclose(slope, 1 / (1 + np.exp(-exact)) - truth, atol=1e-6)
    slopes = _slopes(lambda x: np.logaddexp(0, x) - truth * x, exact)
    np.testing.assert_allclose(slope, slopes, atol=1e-6)


@pytest.mark.parametrize("gamma", [0.0, 0.25, 0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("truth", [0.0, 1.0])
def test_the_slope_of_the_focal_loss(gradient, truth, gamma):
    """Where p_t is 1 to the last bit, (1 − p_t)^γ with γ below 1 has an endless slope."""

    def value(logits):
        hit = np.where(truth, logits, -logits)
        weight = 0.25 if truth else 0.75
        return weight * np.exp(-gamma * np.logaddexp(0, hit)) * np.logaddexp(0, -hit)

    truths = tensor(np.full_like(LOGITS, truth))
    slope = gradient(lambda x: ops.sum(losses.focal_loss(truths, x, 0.25, gamma)), LOGITS)
    assert np.isfinite(slope).all()
    np.testing.assert_allclose(slope, _slopes(value, LOGITS.astype(float)), rtol=1e-4, atol=1e-6)


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


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("truth", [0.0, 0.3, 0.5, 1.0])
def test_the_varifocal_loss_is_its_formula(gradient, truth, gamma):
    def value(logits):
        muted = 0.75 * np.exp(-gamma * np.logaddexp(0, -logits))
        entropy = truth * np.logaddexp(0, -logits) + (1 - truth) * np.logaddexp(0, logits)
        return (truth or muted) * entropy

    truths, exact = tensor(np.full_like(LOGITS, truth)), LOGITS.astype(float)
    found = losses.varifocal_loss(truths, tensor(LOGITS), 0.25, gamma)
    np.testing.assert_allclose(ops.convert_to_numpy(found), value(exact), rtol=1e-4, atol=1e-12)
    slope = gradient(lambda x: ops.sum(losses.varifocal_loss(truths, x, 0.25, gamma)), LOGITS)
    assert np.isfinite(slope).all()
    np.testing.assert_allclose(slope, _slopes(value, exact), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("truth", "logit", "expected"),
    [
        # Score 3/4, truth 1/2: 1/2 · (−1/2 · log 3/4 − 1/2 · log 1/4).
        (0.5, math.log(3), -0.25 * (math.log(0.75) + math.log(0.25))),
        (0.0, math.log(3), 0.75 * 0.75**2 * -math.log(0.25)),
        (1.0, math.log(3), -math.log(0.75)),
    ],
)
def test_varifocal_by_hand(truth, logit, expected):
    loss = float(losses.varifocal_loss(tensor(truth), tensor(logit), alpha=0.25, gamma=2.0))
    assert loss == pytest.approx(expected, rel=1e-5)


def test_without_a_truth_the_varifocal_loss_is_the_focal_loss():
    found = [
        ops.convert_to_numpy(loss(tensor(np.zeros_like(LOGITS)), tensor(LOGITS), 0.3, 2.0))
        for loss in (losses.varifocal_loss, losses.focal_loss)
    ]
    np.testing.assert_allclose(*found, rtol=1e-5)


@pytest.mark.parametrize("truth", [0.1, 0.5, 0.9])
def test_the_varifocal_loss_is_least_where_the_score_is_the_truth(truth):
    scores = np.arange(0.01, 1, 0.01, dtype=np.float32)
    logits = tensor(np.log(scores / (1 - scores)))
    found = losses.varifocal_loss(tensor(np.full_like(scores, truth)), logits, 0.25, 2.0)
    assert scores[ops.convert_to_numpy(found).argmin()] == pytest.approx(truth, abs=0.011)


def test_smooth_l1_by_hand():
    truth, guess = np.zeros(4, np.float32), np.array([0.0, 0.5, -1.0, 3.0], np.float32)
    np.testing.assert_allclose(losses.smooth_l1(truth, guess), [0, 0.125, 0.5, 2.5])


@pytest.mark.parametrize("distance", [-1.0, 0.0, 1.0])
def test_the_slope_of_smooth_l1_has_no_kink(gradient, distance):
    slope = gradient(lambda x: ops.sum(losses.smooth_l1(tensor([0.0]), x)), [distance])
    assert slope == pytest.approx([distance], abs=1e-6)


@pytest.mark.parametrize(("present", "absent"), [(1, 1), (3, 0.5)])
def test_classification_by_hand(present, absent):
    truth, logits = tensor([[1.0, 0.0]]), tensor([[0.0, math.log(3)]])
    weights = np.array([[7, absent], [present, 9]], np.float32)
    # p = 1/2 and 3/4: −(log ½ + log ¼) / 2
    expected = (present * math.log(2) + absent * math.log(4)) / 2
    loss = losses.classification_loss(truth, logits, exclusive=False, weights=weights)
    assert float(loss) == pytest.approx(expected)
    graph = compiled(lambda *given: losses.classification_loss(*given, False, weights))
    assert float(graph(truth, logits)) == pytest.approx(expected)
    if present == absent:
        assert float(losses.classification_loss(truth, logits, False)) == pytest.approx(expected)


def test_exclusive_classification_by_hand():
    truth = tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
    logits = ops.log(tensor([[1.0, 2.0, 1.0], [1.0, 1.0, 2.0]]))
    loss = float(losses.classification_loss(truth, logits, exclusive=True))
    assert loss == pytest.approx((math.log(2) + math.log(4)) / 2)
    weights = np.array([[9.0, 9.0, 9.0], [0.5, 4.0, 9.0]], np.float32)
    weighted = losses.classification_loss(truth, logits, exclusive=True, weights=weights)
    assert float(weighted) == pytest.approx((4 * math.log(2) + 0.5 * math.log(4)) / 2)
