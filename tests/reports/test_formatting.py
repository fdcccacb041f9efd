import pytest

from auxnet_cli.reports.formatting import interval, percent, size


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "none"), (0.1234, "0.123"), (98.76, "98.8"), (1857.2, "1,860"), (52494, "52,500")],
)
def test_sizes_have_three_digits(value, text):
    assert size(value) == text


def test_an_interval_in_percent():
    assert interval([0.0123, 0.5], percent) == "1.2-50.0 %"
    assert interval(None, percent) == "none"
