import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.scoring.metrics.reliability import reliability

CLASSES = ("pit", "crack")


def _images(scores, labels):
    return [
        Evidence(str(index), str(index), label, False, score, {}, None, None, None, ())
        for index, (score, label) in enumerate(zip(scores, labels, strict=True))
    ]


def _random(seed, images=40):
    generator = np.random.default_rng(seed)
    scores = np.round(generator.random((images, 2)), generator.integers(1, 4))
    return scores, generator.random((images, 2)) < scores


def _plain(scores, truth):
    """Guo's equation 3 and 5, bin by bin."""
    gaps, parts = [], []
    for index in range(10):
        inside = (np.floor(scores * 10) == index) | ((index == 9) & (scores == 1))
        if inside.any():
            gaps.append(abs(scores[inside].mean() - truth[inside].mean()))
            parts.append(inside.mean())
    return np.dot(gaps, parts), max(gaps)


@given(st.integers(0, 10_000))
def test_the_figures_are_those_of_a_plain_reference(seed):
    scores, labels = _random(seed)
    found = reliability(_images(scores, labels), CLASSES)
    cases = [(found, scores.ravel(), labels.ravel())]
    cases += [
        (found["per_class"][name], scores[:, label], labels[:, label])
        for label, name in enumerate(CLASSES)
    ]
    for figures, score, truth in cases:
        mean, most = _plain(score, truth)
        assert figures["expected_calibration_error"] == pytest.approx(mean, abs=1e-9)
        assert figures["maximum_calibration_error"] == pytest.approx(most, abs=1e-9)
        expected = ((score - truth) ** 2).mean()
        assert figures["brier"] == pytest.approx(expected, abs=1e-9)
        assert sum(one["images"] for one in figures["bins"]) == len(score)


def test_brier_is_scikit_learns():
    scores, labels = _random(7)
    found = reliability(_images(scores, labels), CLASSES)["per_class"]["crack"]["brier"]
    assert found == pytest.approx(brier_score_loss(labels[:, 1], scores[:, 1]), abs=1e-12)


def test_the_diagram():
    scores = np.array([[0.05, 0.95], [0.0, 1.0]])
    labels = np.array([[False, True], [True, True]])
    found = reliability(_images(scores, labels), CLASSES, temperature=1.5)
    assert json.loads(json.dumps(found)) == found
    assert found["bins"] == [
        {"low": 0.0, "high": 0.1, "images": 2, "score": 0.025, "rate": 0.5},
        {"low": 0.9, "high": 1.0, "images": 2, "score": 0.975, "rate": 1.0},
    ]
    assert found["temperature"] == 1.5


def test_without_class_scores_the_figures_do_not_exist():
    images = _images([None], [np.zeros(2, bool)])
    found = reliability(images, CLASSES)
    assert found["expected_calibration_error"] is None
    assert found["reasons"]["brier"] == "the model was trained without cls"
    assert reliability([], CLASSES)["reasons"]["brier"] == "no image was scored"
