import numpy as np
import pytest
from scipy.stats import bootstrap as scipy_bootstrap

from auxnet_cli.scoring.intervals.bootstrap import bootstrap, group_draws

PARTS = 60


def test_groups_are_drawn_whole_and_as_many_as_there_are():
    groups = np.array([0, 1, 1, 2, 0, 3])
    draws = group_draws(4, 200, seed=3)
    assert draws.shape == (200, 4)
    np.testing.assert_array_equal(draws.sum(1), 4)
    assert (draws.var(axis=1) > 0).any()
    np.testing.assert_array_equal(draws, group_draws(4, 200, seed=3))
    assert (draws != group_draws(4, 200, seed=4)).any()
    seen = []

    def figure(weights):
        if weights is not None:
            seen.append(weights)
        return {"figure": 0.5}

    bootstrap(figure, groups, 200, seed=3)
    np.testing.assert_array_equal(seen, draws[:, groups])


def test_the_interval_is_scipys_bca_on_many_single_images():
    values = np.random.default_rng(1).gamma(2, size=400)

    def mean(weights):
        return {"mean": float(np.average(values, weights=weights))}

    ours = bootstrap(mean, np.arange(400), 4000)["mean"]
    theirs = scipy_bootstrap(
        (values,), np.mean, n_resamples=4000, method="BCa", rng=np.random.default_rng(5)
    ).confidence_interval
    width = theirs.high - theirs.low
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.05 * width)


def test_figures_that_do_not_exist_in_every_replicate():
    # A figure needs image 0, another image 0 or 1 ...; one in e replicates lacks a given image.
    def figure(weights):
        drawn = np.ones(30) if weights is None else weights
        total = float(np.average(np.arange(30), weights=drawn))
        return {
            "mean": total,
            "with the first": total if drawn[0] else None,
            "with five": total if (drawn[:5] > 0).all() else None,
            "never": None,
        }

    found = bootstrap(figure, np.arange(30), 400)
    assert found["mean"][0] < 14.5 < found["mean"][1]
    assert found["with the first"] is not None
    assert found["with five"] is found["never"] is None


def test_one_group_or_none_has_no_interval():
    assert bootstrap(lambda _: {"rate": 0.5}, np.zeros(9, int)) == {"rate": None}
    assert bootstrap(lambda _: {"rate": None}, np.array([], int)) == {"rate": None}


def test_where_all_agree_the_interval_has_no_width():
    assert bootstrap(lambda _: {"rate": 1.0}, np.arange(9), 50) == {"rate": (1.0, 1.0)}


def coverage(rate, sets, likeness=None, replicates=400):
    """How often the interval of a rate covers it on sets of 60 parts with 1-6 images each.

    With a likeness, a part's own rate is drawn from Beta(likeness rate, likeness (1 - rate)).
    """
    generator = np.random.default_rng(7)
    covered = 0
    for seed in range(sets):
        sizes = generator.integers(1, 7, PARTS)
        own = np.full(PARTS, rate)
        if likeness:
            own = generator.beta(likeness * rate, likeness * (1 - rate), PARTS)
        groups = np.repeat(np.arange(PARTS), sizes)
        hits = generator.random(len(groups)) < own[groups]

        def figure(weights, hits=hits):
            if weights is None:
                return {"rate": hits.mean()}
            return {"rate": (weights @ hits) / weights.sum()}

        low, high = bootstrap(figure, groups, replicates, seed)["rate"]
        covered += low <= rate <= high
    return covered / sets


def test_95_percent_intervals_cover_93_to_97_percent_of_300_sets():
    assert 0.93 <= coverage(0.9, 300, replicates=200) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("rate", [0.9, 0.7])
@pytest.mark.parametrize("likeness", [None, 4])
def test_coverage_over_many_sets(rate, likeness):
    assert 0.935 <= coverage(rate, 4000, likeness, 1000) <= 0.965
