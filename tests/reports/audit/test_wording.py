import numpy as np
import pytest

from auxnet_cli.data.audit.statistics import percentiles
from auxnet_cli.reports.audit.wording import short_number, spread, thousands


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.01234, "0.0123"),
        (1.5, "1.5"),
        (17.04, "17"),
        (999.6, "1000"),
        (25432.1, "25432"),
    ],
)
def test_numbers_have_no_exponent(value, text):
    assert short_number(value) == text


def test_spread():
    assert spread(percentiles(np.array([1, 2.5, 1e5]))) == "1.15 / 2.5 / 90000"
    assert spread(percentiles(np.array([]))) == "none"


@pytest.mark.parametrize(
    ("number", "text"),
    [(3142, "3142"), (12568, "12k"), (4_200_000, "4M"), (3 * 10**9, "3G")],
)
def test_counts_take_four_characters(number, text):
    assert thousands(number) == text
