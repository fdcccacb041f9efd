import numpy as np
import pytest

from auxnet_cli.scoring.calibration.temperature import HIGHEST, LOWEST, fit_temperature


def _softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_the_temperature_that_made_the_truth_is_found(temperature):
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 3, (40_000, 3))
    chances = 1 / (1 + np.exp(-logits / temperature))
    labels = generator.random(chances.shape) < chances
    found = fit_temperature(1 / (1 + np.exp(-logits)), labels, exclusive=False)
    assert found == pytest.approx(temperature, rel=0.03)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.5])
def test_so_it_is_for_classes_that_exclude_one_another(temperature):
    generator = np.random.default_rng(0)
    logits = generator.normal(0, 3, (40_000, 4))
    chances = _softmax(logits / temperature)
    drawn = (generator.random((len(chances), 1)) > chances.cumsum(axis=1)).sum(axis=1)
    labels = np.eye(4, dtype=bool)[np.minimum(drawn, 3)][:, 1:]
    found = fit_temperature(_softmax(logits)[:, 1:], labels, exclusive=True)
    assert found == pytest.approx(temperature, rel=0.03)


@pytest.mark.parametrize("exclusive", [False, True])
def test_scores_that_are_always_right_or_always_wrong_stay_within_the_limits(exclusive):
    labels = np.array([[True, False], [False, True], [False, False]])
    scores = np.where(labels, 0.9, 0.05)
    assert fit_temperature(scores, labels, exclusive) == pytest.approx(LOWEST, rel=0.01)
    wrong = np.where(labels, 0.0, 1.0)
    assert fit_temperature(wrong, labels, exclusive) == pytest.approx(HIGHEST, rel=0.01)
