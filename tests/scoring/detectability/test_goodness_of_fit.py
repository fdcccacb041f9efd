import numpy as np
import pytest

from auxnet_cli.scoring.detectability.goodness_of_fit import (
    ceiling,
    hosmer_lemeshow,
    size_groups,
    size_matters,
)
from auxnet_cli.scoring.detectability.hit_miss import HitMiss


def flaws(seed, count=200, top=1.0, slope=3.0):
    generator = np.random.default_rng(seed)
    logs = generator.uniform(1, 5, count)
    return np.exp(logs), generator.random(count) < top / (1 + np.exp(-slope * (logs - 3)))


def test_size_matters_by_hand():
    from scipy.stats import chi2

    model = HitMiss.fit(*flaws(1, slope=0.4))
    rate = model.detected.mean()
    constant = np.log(np.where(model.detected, rate, 1 - rate)).sum()
    assert size_matters(model) == pytest.approx(chi2.sf(2 * (model.likelihood - constant), 1))


def test_a_ceiling_is_found_and_estimated():
    of_capped = ceiling(HitMiss.fit(*flaws(3, 600, top=0.8)))
    assert of_capped.p_value < 0.001
    assert of_capped.pod == pytest.approx(0.8, abs=0.06)


def test_a_ceiling_that_is_none():
    of_perfect = [ceiling(HitMiss.fit(*flaws(seed))) for seed in range(20)]
    assert sum(one.p_value <= 0.05 for one in of_perfect) <= 4  # 1 expected; 5 or more: 0.3 %
    assert all(0 <= one.pod <= 1 and 0 <= one.p_value <= 1 for one in of_perfect)


def test_hosmer_lemeshow_by_hand():
    sizes, found = flaws(5)
    model = HitMiss.fit(sizes, found)
    statistic = 0.0
    for part in np.array_split(np.argsort(sizes), 10):
        pod = model.pod(sizes[part])
        expected = pod.sum()
        statistic += (found[part].sum() - expected) ** 2 / (expected * (1 - pod.mean()))
    from scipy.stats import chi2

    assert hosmer_lemeshow(model) == pytest.approx(chi2.sf(statistic, 8))


def test_hosmer_lemeshow_sees_another_curve():
    generator = np.random.default_rng(0)
    logs = generator.uniform(1, 5, 2000)
    bump = np.where(logs < 3, 0.1 + 0.8 * (logs < 2), 0.95)
    assert hosmer_lemeshow(HitMiss.fit(np.exp(logs), generator.random(2000) < bump)) < 1e-6


def test_hosmer_lemeshow_needs_four_groups():
    sizes = np.repeat([2.0, 4.0, 8.0], 20)
    found = np.arange(60) % 20 < np.repeat([4, 10, 15], 20)
    assert hosmer_lemeshow(HitMiss.fit(sizes, found)) is None


def test_groups_keep_equal_sizes_together():
    sizes = np.repeat([3.0, 1.0, 2.0, 5.0], [50, 10, 10, 30])
    groups = size_groups(sizes)
    assert sorted(set(groups.tolist())) == list(range(groups.max() + 1))
    assert all(len(set(groups[sizes == size])) == 1 for size in sizes)
    np.testing.assert_array_equal(np.bincount(size_groups(np.arange(100.0))), 10)
