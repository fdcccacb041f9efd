import numpy as np
import pytest

from auxnet_cli.scoring.intervals.interval import clopper_pearson
from auxnet_cli.scoring.intervals.prediction_interval import foreseen


def test_with_many_further_images_it_is_the_interval_of_the_true_rate():
    assert foreseen(35, 40, 20_000) == pytest.approx(clopper_pearson(35, 40), abs=1e-3)


def test_few_further_images_can_all_be_hits_or_none():
    assert foreseen(9, 10, 2)[1] == 1
    assert foreseen(10, 10, 30)[1] == 1
    assert foreseen(0, 10, 30)[0] == 0
    assert foreseen(5, 10, 0) is None


def test_what_no_image_bears_witness_of_widens_it():
    assert foreseen(90, 100, 50, fewer=3)[0] == foreseen(87, 100, 50)[0]
    assert foreseen(90, 100, 50, more=3)[1] == foreseen(93, 100, 50)[1]


@pytest.mark.parametrize("rate", [0.02, 0.3, 0.9])
def test_it_covers_the_rate_of_the_further_images(rate):
    generator = np.random.default_rng(0)
    seen, ahead = generator.binomial(60, rate, 4000), generator.binomial(25, rate, 4000)
    limits = np.array([foreseen(hits, 60, 25) for hits in range(61)])[seen]
    covered = (limits[:, 0] <= ahead / 25) & (ahead / 25 <= limits[:, 1])
    assert covered.mean() >= 0.95
