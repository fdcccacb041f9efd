import json

import numpy as np
import pytest

from auxnet_cli.documents.calibration import FittedCalibration
from auxnet_cli.errors import InputError
from auxnet_cli.scoring.calibration.fitted_verdict import fit_verdict
from auxnet_cli.scoring.intervals.rates import clopper_pearson
from auxnet_cli.settings.calibration import Calibration
from auxnet_cli.verdict.fused_votes import stops

NOISE = {"cls": 1.0, "seg": 1.5, "det": 2.0}


def _votes(generator, good, of_class, heads=tuple(NOISE)):
    """Simulated heads, which see the same strength of a defect with noise of their own."""
    each = np.repeat(np.arange(len(of_class)), of_class)
    labels = np.zeros((good + len(each), len(of_class)), bool)
    labels[good + np.arange(len(each)), each] = True
    strength = generator.normal(-3, 1.5, labels.shape) + labels * (4 + np.arange(len(of_class)) / 2)
    votes = {
        head: 1 / (1 + np.exp(-generator.normal(strength, NOISE[head]))).astype(np.float32)
        for head in heads
    }
    return votes, labels


@pytest.fixture(scope="module")
def fit(made_up):
    def make(votes, labels, target="catch", level=0.9):
        evidence = [
            made_up(
                group=str(index // 2),
                labels=label,
                stopped=index % 3 == 0,
                votes={head: vote[index].astype(float) for head, vote in votes.items()},
            )
            for index, label in enumerate(labels)
        ]
        names = tuple(f"class {label}" for label in range(labels.shape[1]))
        return fit_verdict(evidence, list(votes), names, target, level, "ab")

    return make


@pytest.mark.parametrize("heads", [("cls",), ("seg",), ("det",), ("cls", "seg", "det")])
@pytest.mark.parametrize("target", ["catch", "false-alarms"])
def test_the_calibration_stops_what_the_fit_says(fit, heads, target):
    votes, labels = _votes(np.random.default_rng(0), 100, (40, 15), heads)
    calibration = fit(votes, labels, target, 0.9 if target == "catch" else 0.05).calibration
    again = Calibration.model_validate_json(calibration.model_dump_json())
    assert again == calibration
    stopped = stops(again, votes)
    defective = labels.any(axis=1)
    assert calibration.recall.hits == stopped[defective].sum()
    assert calibration.false_alarms.hits == stopped[~defective].sum()
    assert tuple(calibration.weights) == heads
    if target == "catch":
        assert stopped[defective].mean() >= 0.9
    else:
        assert stopped[~defective].mean() <= 0.05


def test_the_figures_tell_gain_and_cost(fit):
    votes, labels = _votes(np.random.default_rng(1), 60, (40, 4))
    fitted = fit(votes, labels)
    calibration = fitted.calibration
    document = FittedCalibration.model_validate(fitted.document(80, 0))
    assert not document.model_extra
    figures = document.document()
    assert json.loads(json.dumps(figures)) == figures
    assert figures["weights"] == calibration.weights
    assert (figures["images"], figures["groups"]) == (104, 52)
    recall = figures["recall"]
    assert recall["value"] == recall["hits"] / 44
    assert recall["ci95"] == [calibration.recall.low, calibration.recall.high]
    assert figures["test"]["defective"] == 80
    assert figures["test"]["recall"][0] < recall["ci95"][0] < recall["ci95"][1]
    assert figures["test"]["false_alarms"] is None
    assert figures["before"]["false_alarms"]["value"] == pytest.approx(1 / 3)
    few = figures["per_class"]["class 1"]
    assert (few["images"], few["shared"]) == (4, True)
    assert few["threshold"] == calibration.thresholds["class 1"]
    assert calibration.shared == ("class 1",)
    assert sum(one["stopped"] for one in figures["per_class"].values()) == recall["hits"]


@pytest.mark.parametrize("target", ["catch", "false-alarms"])
def test_heads_that_do_not_tell_are_refused(fit, target):
    generator = np.random.default_rng(0)
    labels = np.arange(200)[:, None] < 100
    votes = {"cls": generator.random((200, 1)) * np.where(labels, 0.5, 1)}  # worse than chance
    with pytest.raises(InputError, match="do not tell good from defective on the validation split"):
        fit(votes, labels, target, 0.9 if target == "catch" else 0.02)


def test_the_interval_of_one_threshold_is_clopper_and_pearsons(fit):
    votes, labels = _votes(np.random.default_rng(2), 60, (50,))
    recall = fit(votes, labels).calibration.recall
    assert (recall.low, recall.high) == clopper_pearson(recall.hits, 50)


@pytest.mark.parametrize(
    ("target", "level", "good", "of_class", "trials"),
    [
        ("catch", 0.9, 100, (9, 9, 9), 20),
        pytest.param("catch", 0.95, 150, (100,), 150, marks=pytest.mark.slow),
        pytest.param("catch", 0.95, 150, (30, 30, 30, 30, 30), 150, marks=pytest.mark.slow),
        pytest.param("catch", 0.9, 100, (9, 9, 9), 150, marks=pytest.mark.slow),
        pytest.param("false-alarms", 0.05, 150, (20, 20, 20), 150, marks=pytest.mark.slow),
    ],
)
def test_the_intervals_cover_the_figures_of_new_parts(fit, target, level, good, of_class, trials):
    """The true rates, which a very large test set has; and those of a small test split."""
    generator = np.random.default_rng(3)
    large, truth = _votes(generator, 4000, [4000 * n // sum(of_class) for n in of_class])
    true, near = np.zeros(2), np.zeros(2)
    for _ in range(trials):
        fitted = fit(*_votes(generator, good, of_class), target, level)
        calibration = fitted.calibration
        rates = calibration.recall, calibration.false_alarms
        found = _rates(stops(calibration, large), truth)
        true += [rate.low <= one <= rate.high for rate, one in zip(rates, found, strict=True)]
        small, labels = _votes(generator, 60, of_class)
        ahead = fitted.document(sum(of_class), 60)["test"]
        limits = ahead["recall"], ahead["false_alarms"]
        found = _rates(stops(calibration, small), labels)
        near += [low <= one <= high for (low, high), one in zip(limits, found, strict=True)]
    # 95 % or more; 150 trials tell that to within 4 % (two standard deviations), 20 to 10 %.
    least = 0.91 if trials > 100 else 0.85
    assert (true / trials >= least).all()
    assert (near / trials >= least).all()


def _rates(stopped, labels):
    defective = labels.any(axis=1)
    return stopped[defective].mean(), stopped[~defective].mean()
