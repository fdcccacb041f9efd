import numpy as np
import pytest
from pydantic import ValidationError

from auxnet_cli.settings.calibration import Calibration
from auxnet_cli.verdict.fused_votes import calibrated_rule, fuse, log_odds, stops

DOCUMENT = {
    "weights": {"cls": 0.5, "det": 2.0},
    "bias": -0.25,
    "thresholds": {"pit": 0.3, "crack": 0.6},
    "shared": ["crack"],
    "target": "false-alarms",
    "level": 0.02,
    "dataset": "ab",
    "recall": {"hits": 3, "trials": 4, "low": 0.2, "high": 0.9},
    "false_alarms": {"hits": 1, "trials": 50, "low": 0.0, "high": 0.1},
}


def test_the_fused_score_is_the_declared_formula():
    votes = {"cls": np.array([0.8, 0.0]), "det": np.array([0.3, 1.0]), "seg": np.array([1.0, 1.0])}
    faint = np.log(1e-4 / (1 - 1e-4))
    odds = [
        -0.25 + 0.5 * np.log(0.8 / 0.2) + 2 * np.log(0.3 / 0.7),
        -0.25 + 0.5 * faint - 2 * faint,
    ]
    expected = 1 / (1 + np.exp(-np.array(odds)))
    np.testing.assert_allclose(fuse(votes, DOCUMENT["weights"], -0.25), expected, rtol=1e-12)


def test_votes_at_the_ends_stay_finite():
    np.testing.assert_allclose(log_odds(np.array([0, 1])), [-9.21024, 9.21024], rtol=1e-5)
    sure = fuse({"cls": np.array([0.0, 1.0])}, {"cls": 1e3}, 0)
    assert 0 < sure[0] < sure[1] < 1


def test_any_class_at_its_threshold_stops_the_part():
    calibration = Calibration.model_validate({**DOCUMENT, "weights": {"cls": 1.0}, "bias": 0})
    votes = np.array([[0.29, 0.59], [0.31, 0.0], [0.0, 0.61]])
    assert stops(calibration, {"cls": votes}).tolist() == [False, True, True]
    assert stops(calibration, {"cls": votes[1]})


def test_the_rule_in_words_has_all_numbers():
    words = calibrated_rule(Calibration.model_validate(DOCUMENT))
    assert words == (
        "defective when the fused score of a class reaches its threshold (pit 0.3, crack 0.6), "
        "calibrated to stop at most 2 % of the good images of the validation split; fused score = "
        "sigmoid(-0.25 + 0.5 × logit(cls) + 2 × logit(det)) of the heads' votes for the class"
    )


@pytest.mark.parametrize(
    "wrong", [{"weights": {"cls": -1}}, {"level": 2}, {"target": "all"}, {"unknown": 1}]
)
def test_a_damaged_calibration_is_refused(wrong):
    with pytest.raises(ValidationError):
        Calibration.model_validate({**DOCUMENT, **wrong})
