import numpy as np
import pytest

from auxnet_cli.scoring.metrics.screening import Screening


@pytest.fixture
def verdicts(witness, blank):
    def make(*images):
        """The evidence of images, each (defective, stopped)."""
        return [
            witness(blank(*[(0, 0, 0, 2, 2)] * bad), defective=bool(stopped))
            for bad, stopped in images
        ]

    return make


IMAGES = [(1, 0), (1, 1), (1, 1), (1, 1), (0, 1), (0, 0)]


def test_rates_are_of_the_images_that_could_go_wrong(verdicts):
    screening = Screening(verdicts(*IMAGES), "any class at 0.5", 10, 2)
    assert screening.section() == {
        "escape_rate": 0.25,
        "false_alarm_rate": 0.5,
        "threshold_rule": "any class at 0.5",
        "escapes": 1,
        "defective": 4,
        "false_alarms": 1,
        "good": 2,
        "cost": 2,  # (10 · 1 + 2 · 1) / 6
        "cost_escape": 10,
        "cost_false_alarm": 2,
    }


def test_a_weight_counts_an_image_so_often(verdicts):
    weights = np.array([3, 0, 1, 2, 0, 1])
    copied = [image for image, weight in zip(IMAGES, weights, strict=True) for _ in range(weight)]
    assert Screening(verdicts(*IMAGES), "").section(weights) == (
        Screening(verdicts(*copied), "").section()
    )


def test_a_split_without_good_images_has_no_false_alarm_rate(verdicts):
    figures = Screening(verdicts((1, 1)), "").section()
    assert figures["escape_rate"] == figures["cost"] == 0
    assert figures["false_alarm_rate"] is None
    assert figures["reasons"] == {"false_alarm_rate": "no image is good"}


def test_no_image_at_all():
    figures = Screening([], "").section()
    assert figures["cost"] is None
    assert figures["reasons"]["escape_rate"] == "no image is defective"


def test_rates_are_the_figures(verdicts):
    screening = Screening(verdicts(*IMAGES), "")
    figures = screening.section()
    for (_, figure), (hits, counted) in screening.rates().items():
        assert figures[figure] == hits.sum() / counted.sum()
