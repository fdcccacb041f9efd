import pytest

from auxnet_cli.reports.audit.markdown import figure, spread


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
def test_figures_have_no_exponent(value, text):
    assert figure(value) == text


def test_spread():
    assert spread({"p5": 1, "p50": 2.5, "p95": 1e5}) == "1 / 2.5 / 100000"
    assert spread({"p5": None, "p50": None, "p95": None}) == "none"
