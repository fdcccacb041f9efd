import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.documents.section import Missing
from auxnet_cli.scoring.metrics.reliability import reliability

CLASSES = ("pit", "crack")


@pytest.fixture(scope="module")
def reliable(made_up, split_of):
    """The section of (images, classes) scores and labels."""

    def make(scores, labels, tasks=("cls",), **decision):
        pairs = zip(scores, labels, strict=True)
        evidence = [made_up(scores=score, labels=label) for score, label in pairs]
        return reliability(split_of(evidence, tasks, **decision))

    return make


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
def test_the_figures_are_those_of_a_plain_reference(reliable, seed):
    from sklearn.metrics import brier_score_loss

    generator = np.random.default_rng(seed)
    scores = np.round(generator.random((40, 2)), generator.integers(1, 4))
    labels = generator.random((40, 2)) < scores
    found = reliable(scores, labels)
    cases = [(found, scores.ravel(), labels.ravel())]
    cases += [
        (found["per_class"][name], scores[:, label], labels[:, label])
        for label, name in enumerate(CLASSES)
    ]
    for figures, score, truth in cases:
        mean, most = _plain(score, truth)
        assert figures["expected_calibration_error"] == pytest.approx(mean, abs=1e-9)
        assert figures["maximum_calibration_error"] == pytest.approx(most, abs=1e-9)
        assert figures["brier"] == pytest.approx(brier_score_loss(truth, score), abs=1e-9)
        assert sum(of_bin["images"] for of_bin in figures["bins"]) == len(score)


def test_the_diagram(reliable):
    scores = np.array([[0.05, 0.95], [0.0, 1.0]])
    labels = np.array([[False, True], [True, True]])
    found = reliable(scores, labels, temperature=1.5)
    assert json.loads(json.dumps(found)) == found
    assert found["bins"] == [
        {"low": 0.0, "high": 0.1, "images": 2, "score": 0.025, "rate": 0.5},
        {"low": 0.9, "high": 1.0, "images": 2, "score": 0.975, "rate": 1.0},
    ]
    assert found["temperature"] == 1.5


def test_without_class_scores_the_figures_do_not_exist(reliable):
    without = Missing("the model was trained without cls")
    assert reliable([None], [np.zeros(2, bool)], ("seg",)) == without
    assert reliable([], [])["brier"] == Missing("no image was scored")
