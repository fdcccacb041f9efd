import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from auxnet_cli.backend import keras, ops
from auxnet_cli.model import overlap_loss as overlap
from auxnet_cli.settings import LossSettings


def _maps(*classes):
    """(1, 1, pixels, classes) from a list of pixels a class."""
    return ops.convert_to_tensor(np.array(classes, np.float32).T[None, None])


def test_dice_by_hand():
    truth, guess = _maps([1, 1, 0, 0], [0, 0, 0, 0]), _maps([1, 0.5, 0.5, 0], [0, 0, 0.5, 0.5])
    # Σyŷ = 1.5, Σy = 2, Σŷ = 2: 1 − (3 + 1) / (4 + 1); nothing there: 1 − 1 / (0 + 1 + 1)
    assert np.allclose(overlap.dice_loss(truth, guess), [1 - 4 / 5, 1 - 1 / 2])


def test_jaccard_by_hand():
    truth, guess = _maps([1, 1, 0, 0]), _maps([1, 0.5, 0.5, 0])
    # shared 1.5, union 2 + 2 − 1.5 = 2.5
    assert np.allclose(overlap.jaccard_loss(truth, guess), [1 - 2.5 / 3.5])


def test_tversky_by_hand():
    truth, guess = _maps([1, 1, 1, 0, 0]), _maps([1, 0.5, 0, 0.5, 0])
    # shared 1.5, missed 1.5, falsely found 0.5, smoothed by (0.7 + 0.3) / 2
    expected = 1 - (1.5 + 0.5) / (1.5 + 0.7 * 1.5 + 0.3 * 0.5 + 0.5)
    assert np.allclose(overlap.tversky_loss(truth, guess, 0.7, 0.3), [expected])
    focal = overlap.focal_tversky_loss(truth, guess, 0.7, 0.3, gamma=4 / 3)
    assert np.allclose(focal, [expected**0.75])


def test_each_weight_is_on_its_side():
    truth = _maps([1, 1, 0, 0])
    missed, false = _maps([1, 0, 0, 0]), _maps([1, 1, 1, 0])
    for guess, by_misses in ((missed, True), (false, False)):
        heavy = [float(overlap.tversky_loss(truth, guess, *w)[0]) for w in ((0.9, 0.1), (0.1, 0.9))]
        assert (heavy[0] > heavy[1]) == by_misses


PIXELS = (1, 3, 4, 2)


@given(
    arrays(np.float32, PIXELS, elements=st.sampled_from([0.0, 1.0])),
    arrays(np.float32, PIXELS, elements=st.floats(0, 1, width=32)),
)
def test_tversky_is_dice_at_a_half_and_jaccard_at_1(truth, guess):
    truth, guess = ops.convert_to_tensor(truth), ops.convert_to_tensor(guess)
    dice, jaccard = overlap.dice_loss(truth, guess), overlap.jaccard_loss(truth, guess)
    np.testing.assert_allclose(overlap.tversky_loss(truth, guess, 0.5, 0.5), dice, atol=2e-6)
    np.testing.assert_allclose(overlap.tversky_loss(truth, guess, 1, 1), jaccard, atol=2e-6)


class _Learner(keras.Model):
    """Its logits are its weights; a step of SGD at rate 1 moves them by the gradient."""

    def __init__(self, logits, loss):
        super().__init__()
        self.logits = self.add_weight(
            logits.shape, keras.initializers.Constant(ops.convert_to_numpy(logits))
        )
        self._loss = loss
        self.compile(optimizer=keras.optimizers.SGD(1.0), run_eagerly=True)

    def call(self, x):
        return self.logits + 0 * ops.sum(x)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return self._loss(ops.convert_to_tensor(y), ops.sigmoid(y_pred))


@pytest.mark.parametrize("kind", ["dice", "jaccard", "tversky", "focal-tversky"])
def test_a_perfect_answer_costs_nothing_and_has_a_slope(kind):
    """(1 − TI)^(1/γ) alone has an endless one there, and one step would ruin the network."""
    truth, logits = _maps([1, 0, 1], [0, 0, 0]), _maps([30, -30, 30], [-90, -90, -90])

    def loss(truth, probability):
        return ops.sum(overlap.overlap_loss(kind, truth, probability, LossSettings()))

    learner = _Learner(logits, loss)
    cost = learner.train_on_batch(np.zeros((1, 1), np.float32), ops.convert_to_numpy(truth))
    assert float(np.ravel(cost)[0]) == pytest.approx(0, abs=1e-4)
    np.testing.assert_allclose(ops.convert_to_numpy(learner.logits), logits, atol=1e-3)
