import numpy as np
import pytest

from auxnet_cli.scoring.calibration.fusion import (
    PENALTY,
    fit_fusion,
    fused_voters,
    weigh_novelty,
)
from auxnet_cli.verdict.fused_votes import fuse, log_odds


def _split(seed, good=120, each=30, classes=3):
    generator = np.random.default_rng(seed)
    labels = np.zeros((good + each * classes, classes), bool)
    for label in range(classes):
        labels[good + each * label : good + each * (label + 1), label] = True
    strength = generator.normal(-2, 1, labels.shape) + 3 * labels
    votes = {
        head: 1 / (1 + np.exp(-generator.normal(strength, noise)))
        for head, noise in (("cls", 1), ("seg", 2))
    }
    return votes, labels


def test_it_is_logistic_regression_on_shown_classes_against_good_images():
    from sklearn.linear_model import LogisticRegression

    votes, labels = _split(1)
    good = ~labels.any(axis=1)
    pairs = np.array(
        [
            [log_odds(votes[head])[image, label] for head in votes]
            for image, label in np.argwhere(labels | good[:, None])
        ]
    )
    truth = labels[labels | good[:, None]]
    ours = fit_fusion(votes, labels)
    theirs = LogisticRegression(C=1 / (PENALTY * len(pairs)), tol=1e-10, max_iter=10000)
    theirs.fit(pairs, truth)
    assert list(ours[0].values()) == pytest.approx(theirs.coef_[0], abs=1e-5)
    assert ours[1] == pytest.approx(theirs.intercept_[0], abs=1e-5)


def test_a_head_that_speaks_against_defects_gets_no_weight():
    votes, labels = _split(2)
    votes["det"] = 1 - votes["cls"] ** 2
    weights, _ = fit_fusion(votes, labels)
    assert weights["det"] == 0
    assert min(weights["cls"], weights["seg"]) > 0


def test_perfect_heads_get_finite_weights():
    _, labels = _split(3)
    weights, bias = fit_fusion({"cls": labels.astype(float)}, labels)
    assert 0 < weights["cls"] < 10
    assert abs(bias) < 10


def test_what_other_classes_score_on_defective_images_does_not_count():
    votes, labels = _split(4)
    others = labels.any(axis=1, keepdims=True) & ~labels
    changed = {head: np.where(others, 0.9, vote) for head, vote in votes.items()}
    assert fit_fusion(votes, labels) == fit_fusion(changed, labels)


def test_a_novelty_that_knows_no_class_is_weighed_with_the_heads():
    votes, labels = _split(5)
    shown = labels.any(axis=1)
    generator = np.random.default_rng(0)
    useful = 1 / (1 + np.exp(-generator.normal(3 * shown - 4, 1)))
    useless = generator.random(len(labels))
    for novelty, weighs in ((useful, True), (1 - useful, False), (useless, False)):
        votes["novelty"] = np.repeat(novelty[:, None], labels.shape[1], axis=1)
        weight = fit_fusion(votes, labels)[0]["novelty"]
        assert (weight > 0.1) == weighs
        assert weight >= 0


def test_all_masks_together_stand_for_those_of_each_class():
    assert fused_voters(("cls", "seg", "det", "any", "novelty")) == ["cls", "any", "det", "novelty"]
    assert fused_voters(("seg", "any")) == ["any"]
    assert fused_voters(("cls", "det")) == ["cls", "det"]


def test_a_novelty_weighed_alike_spreads_good_images_as_the_heads_do():
    votes, labels = _split(6)
    good = ~labels.any(axis=1)
    generator = np.random.default_rng(0)
    novelty = 1 / (1 + np.exp(-generator.normal(-4, 1.5, len(labels))))
    votes["novelty"] = np.repeat(novelty[:, None], labels.shape[1], axis=1)
    weights, bias = fit_fusion(votes, labels)
    raised, moved = weigh_novelty(weights, bias, votes, labels)
    assert {**raised, "novelty": 0} == {**weights, "novelty": 0}
    assert raised["novelty"] > weights["novelty"]

    def spread(values):
        return np.quantile(values, 0.9) - np.median(values)

    heads = sum(raised[head] * log_odds(votes[head]) for head in ("cls", "seg"))[good].max(axis=1)
    alone = raised["novelty"] * log_odds(novelty[good])
    assert spread(alone) == pytest.approx(spread(heads))
    before, after = (
        np.median(log_odds(fuse(votes, *fitted))[good])
        for fitted in ((weights, bias), (raised, moved))
    )
    assert after == pytest.approx(before, abs=0.5)


def test_a_novelty_that_weighs_more_already_stays():
    votes, labels = _split(7)
    votes["novelty"] = np.repeat(labels.any(axis=1)[:, None] * 0.98 + 0.01, 3, axis=1)
    weights = {"cls": 0.1, "seg": 0.0, "novelty": 5.0}
    assert weigh_novelty(weights, 0.5, votes, labels) == (weights, 0.5)
