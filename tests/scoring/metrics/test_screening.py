import numpy as np
import pytest

from auxnet_cli.documents.section import Missing
from auxnet_cli.errors import InputError
from auxnet_cli.scoring.metrics.screening import Screening, check_costs

IMAGES = [(1, 0), (1, 1), (1, 1), (1, 1), (0, 1), (0, 0)]


@pytest.fixture
def screening(made_up, split_of):
    """The metric of images given as (defective, stopped)."""

    def make(*images, **costs):
        evidence = [made_up(truth=np.zeros((bad, 5)), stopped=bool(stop)) for bad, stop in images]
        return Screening(split_of(evidence, ("cls",), **costs))

    return make


def test_rates_are_of_the_images_that_could_go_wrong(screening):
    metric = screening(*IMAGES, cost_escape=10, cost_false_alarm=2)
    figures = metric.section()
    assert figures == {
        "escape_rate": 0.25,
        "false_alarm_rate": 0.5,
        "threshold_rule": "defective when a class scores at least 0.5",
        "escapes": 1,
        "defective": 4,
        "false_alarms": 1,
        "good": 2,
        "cost": 2,  # (10 · 1 + 2 · 1) / 6
        "cost_escape": 10,
        "cost_false_alarm": 2,
    }
    for (_, figure), (hits, counted) in metric.rates().items():
        assert figures[figure] == hits.sum() / counted.sum()


def test_a_weight_counts_an_image_so_often(screening):
    weights = np.array([3, 0, 1, 2, 0, 1])
    copied = [image for image, weight in zip(IMAGES, weights, strict=True) for _ in range(weight)]
    assert screening(*IMAGES).section(weights) == screening(*copied).section()


def test_figures_that_do_not_exist_say_why(screening):
    figures = screening((1, 1)).section()
    assert figures["escape_rate"] == figures["cost"] == 0
    assert figures["false_alarm_rate"] == Missing("no image is good")
    figures = screening().section()
    assert figures["cost"] == Missing("no image was scored")
    assert figures["escape_rate"] == Missing("no image is defective")


def test_costs_are_0_or_more():
    check_costs(0, 2.5)
    with pytest.raises(InputError, match="`cost_escape` is -1, but a cost is 0 or more"):
        check_costs(-1, 1)
    with pytest.raises(InputError, match="`cost_false_alarm` is nan"):
        check_costs(1, float("nan"))
