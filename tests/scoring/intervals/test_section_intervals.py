import numpy as np
import pytest

from auxnet_cli.documents.section import Missing
from auxnet_cli.scoring.evidence import EvaluatedSplit
from auxnet_cli.scoring.intervals.rates import clopper_pearson
from auxnet_cli.scoring.intervals.section_intervals import (
    exact_interval,
    exact_intervals,
    with_intervals,
)
from auxnet_cli.scoring.metrics.metric import Metric


class Marks(Metric):
    """A mean and a rate over marks of 0-1 of images, which stand in for evidence."""

    headlines = ("mean", "rate", "none")
    per_class = ("mean",)

    def __init__(self, marks):
        super().__init__(EvaluatedSplit(list(marks), (), ()))
        self.marks = np.array(marks, float)

    def weighted_section(self, weights):
        mean = float(np.average(self.marks, weights=weights))
        rate = float(np.average(self.marks > 0.5, weights=weights))
        none = Missing("no mark")
        return {"mean": mean, "rate": rate, "none": none, "per_class": {"pit": {"mean": mean}}}

    def rates(self):
        return {("", "rate"): (self.marks > 0.5, np.ones(len(self.marks), bool))}

    def details(self):
        return {"marks": len(self.marks)}


NO_COUNTER_EXAMPLE = Missing("every replicate gave the same: this split holds no counter-example")
MARKS = np.random.default_rng(1).random(40)


def test_images_that_stand_alone():
    document = with_intervals(Marks(MARKS), np.arange(40))
    assert document["ci95"]["rate"] == clopper_pearson(int((MARKS > 0.5).sum()), 40)
    low, high = document["ci95"]["mean"]
    assert low < document["mean"] < high
    # Near what the normal distribution says.
    assert high - low == pytest.approx(2 * 2.02 * MARKS.std() / 40**0.5, rel=0.15)
    assert document["per_class"]["pit"]["ci95"] == {"mean": (low, high)}
    # A figure that does not exist has its own reason.
    assert document["ci95"]["none"] is None
    assert document["marks"] == 40


def test_copies_of_a_part_do_not_make_it_surer():
    alone = with_intervals(Marks(MARKS), np.arange(40))["ci95"]
    copied = with_intervals(Marks(np.repeat(MARKS, 5)), np.repeat(np.arange(40), 5))["ci95"]
    assert copied["mean"] == pytest.approx(alone["mean"], rel=0.02)
    width, exact = (own["rate"][1] - own["rate"][0] for own in (copied, alone))
    assert width == pytest.approx(exact, rel=0.2)


def test_a_rate_of_0_or_1_is_never_certain():
    groups = np.repeat(np.arange(20), 2)
    for mark, expected in ((0.2, clopper_pearson(0, 20)), (0.8, clopper_pearson(20, 20))):
        found = with_intervals(Marks([mark] * 40), groups)["ci95"]
        assert found["rate"] == expected
        assert found["mean"] == NO_COUNTER_EXAMPLE


@pytest.mark.parametrize("rate", [0.0, 0.5, 1.0])
def test_a_mean_of_perfect_rates_has_the_interval_of_the_rarest_class(rate):
    class Rates(Metric):
        headlines = ("recall", "f1")

        def weighted_section(self, weights):
            return {"recall": rate, "f1": 1.0}

        def rates(self):
            rare = np.arange(40) < 6
            return {("pit", "recall"): (~rare, ~rare), ("crack", "recall"): (rare, rare)}

    metric, groups = Rates(EvaluatedSplit([None] * 40, (), ())), np.arange(40) // 2
    found = with_intervals(metric, groups, 20)["ci95"]
    expected = {0.0: clopper_pearson(0, 3), 0.5: NO_COUNTER_EXAMPLE, 1.0: clopper_pearson(3, 3)}
    assert found == {"recall": expected[rate], "f1": NO_COUNTER_EXAMPLE}
    assert (("", "recall") in exact_intervals(metric, groups)) == (rate != 0.5)


def test_one_group_tells_nothing():
    found = with_intervals(Marks([0.2, 0.7]), np.zeros(2, int))["ci95"]
    assert found["mean"] == found["rate"] == Missing("too few groups show what it takes")


def test_which_rates_are_exact():
    hits, groups = np.array([True, False, True, True]), np.array([0, 1, 2, 2])
    everything = np.ones(4, bool)
    assert exact_interval(hits, everything, groups) is None
    assert exact_interval(hits & (groups < 2), groups < 2, groups) == clopper_pearson(1, 2)
    assert exact_interval(hits & (groups == 2), groups == 2, groups) == clopper_pearson(1, 1)
    assert exact_interval(hits & False, ~everything, groups) is None


def test_the_seed_and_the_replicates_are_the_callers():
    groups = np.arange(40)
    first, again, other = (
        with_intervals(Marks(MARKS), groups, 200, seed)["ci95"]["mean"] for seed in (0, 0, 1)
    )
    assert first == again
    assert first != other
