import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from auxnet_cli.scoring.intervals.rates import clopper_pearson, prediction_interval


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_clopper_pearson_is_scipys_exact_interval(counts):
    exact = binomtest(*counts).proportion_ci(0.95, "exact")
    assert clopper_pearson(*counts) == pytest.approx((exact.low, exact.high), abs=1e-9)


def test_clopper_pearson_at_the_ends():
    assert clopper_pearson(0, 0) == (0, 1)
    low, high = clopper_pearson(0, 20)
    assert low == 0
    assert high == pytest.approx(1 - 0.025 ** (1 / 20))
    with pytest.raises(ValueError, match="3 hits in 2 trials"):
        clopper_pearson(3, 2)


def test_with_many_further_images_it_is_the_interval_of_the_true_rate():
    assert prediction_interval(35, 40, 20_000) == pytest.approx(clopper_pearson(35, 40), abs=1e-3)


def test_few_further_images_can_all_be_hits_or_none():
    assert prediction_interval(9, 10, 2)[1] == 1
    assert prediction_interval(10, 10, 30)[1] == 1
    assert prediction_interval(0, 10, 30)[0] == 0
    assert prediction_interval(5, 10, 0) is None


def test_what_no_image_bears_witness_of_widens_it():
    assert prediction_interval(90, 100, 50, fewer=3)[0] == prediction_interval(87, 100, 50)[0]
    assert prediction_interval(90, 100, 50, more=3)[1] == prediction_interval(93, 100, 50)[1]


@pytest.mark.parametrize("rate", [0.02, 0.3, 0.9])
def test_it_covers_the_rate_of_the_further_images(rate):
    generator = np.random.default_rng(0)
    seen, ahead = generator.binomial(60, rate, 4000), generator.binomial(25, rate, 4000)
    limits = np.array([prediction_interval(hits, 60, 25) for hits in range(61)])[seen]
    covered = (limits[:, 0] <= ahead / 25) & (ahead / 25 <= limits[:, 1])
    assert covered.mean() >= 0.95
