import numpy as np

from auxnet_cli.model.detection.candidates import log_odds, softmax


def test_scores_are_the_softmax_without_the_background():
    from scipy.special import softmax as reference

    logits = np.random.default_rng(0).normal(0, 4, (50, 4)).astype(np.float32)
    np.testing.assert_allclose(softmax(logits), reference(logits, axis=1)[:, 1:], rtol=1e-5)


def test_of_one_class_the_odds_are_the_difference_of_the_logits():
    logits = np.array([[1.0, 3.0], [2.0, -1.0]], np.float32)
    np.testing.assert_allclose(log_odds(softmax(logits)), [[2.0], [-3.0]], rtol=1e-4)


def test_sure_scores_have_finite_odds():
    odds = log_odds(softmax(np.array([[0.0, 300.0], [300.0, 0.0]], np.float32)))
    np.testing.assert_allclose(odds, [[13.8], [-13.8]], atol=0.1)
