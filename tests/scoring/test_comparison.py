import json
from dataclasses import replace

import numpy as np
import pytest

from auxnet_cli.scoring.comparison import ESCAPE, FALSE_ALARM, Contender, comparison, mcnemar
from auxnet_cli.scoring.evidence import Evidence

IMAGES = 300


def contender(name, stopped, labels, groups=None, figures=None, exact=None):
    """A model with these verdicts on images whose defective half is ``labels``."""
    groups = np.arange(len(labels)) if groups is None else groups
    evidence = [
        Evidence(
            str(index), str(group), np.array([label]), bool(stop), None, {}, None, None,
            np.zeros((int(label), 5)), (),
        )
        for index, (group, stop, label) in enumerate(zip(groups, stopped, labels, strict=True))
    ]  # fmt: skip

    def rates(weights):
        weights = np.ones(len(labels), int) if weights is None else weights
        defective, good = weights @ labels, weights @ ~labels
        return {
            ESCAPE: weights @ (labels & ~stopped) / defective if defective else None,
            FALSE_ALARM: weights @ (~labels & stopped) / good if good else None,
            "classification.accuracy": weights @ (labels == stopped) / weights.sum(),
        }

    return Contender(name, evidence, figures or rates, exact or {})


def compared(*given):
    return comparison(*given).document()


@pytest.fixture
def labels():
    return np.arange(IMAGES) % 2 == 0


def wrong_on(labels, generator, rate):
    return labels ^ (generator.random(len(labels)) < rate)


def test_a_real_difference_is_told_and_its_direction(labels):
    generator = np.random.default_rng(0)
    poor = contender("poor", wrong_on(labels, generator, 0.3), labels)
    fair = contender("fair", wrong_on(labels, generator, 0.05), labels)
    found = compared([poor, fair])
    assert found["groups"] == IMAGES
    assert [run["name"] for run in found["runs"]] == ["poor", "fair"]
    (own,) = found["differences"]
    assert (own["run"], own["against"]) == ("fair", "poor")
    for name in (ESCAPE, FALSE_ALARM, "classification.accuracy"):
        figure = own["figures"][name]
        first, second = (run["figures"][name] for run in found["runs"])
        assert figure["difference"] == pytest.approx(second - first)
        assert figure["ci95"][0] < figure["difference"] < figure["ci95"][1]
        assert figure["told_apart"] is figure["better"] is True
    (other,) = compared([fair, poor])["differences"]
    assert other["figures"][ESCAPE]["better"] is False
    assert other["figures"]["classification.accuracy"]["better"] is False
    json.dumps(found, allow_nan=False)


def test_pairing_tells_what_separate_intervals_do_not(labels):
    """Both fail on the same hard images; one fails on ten more."""
    first = labels.copy()
    first[:120:2] = False
    second = first.copy()
    second[120:140:2] = False
    found = compared([contender("a", first, labels), contender("b", second, labels)])
    one, other = (run["ci95"][ESCAPE] for run in found["runs"])
    assert one[1] > other[0]  # they overlap
    figure = found["differences"][0]["figures"][ESCAPE]
    assert figure["mcnemar"] == {"only_first": 0, "only_other": 10, "p_value": 2 / 1024}
    assert figure["told_apart"]
    assert not figure["better"]


def test_chance_is_not_told_apart(labels):
    told = 0
    for seed in range(20):
        generator = np.random.default_rng(seed)
        runs = [contender(name, wrong_on(labels, generator, 0.2), labels) for name in "ab"]
        own = compared(runs, 100)["differences"][0]["figures"]
        told += own["classification.accuracy"]["told_apart"]
    assert told <= 4  # 5 % expected; 5 or more: 0.3 %


def test_images_of_one_part_count_as_one(labels):
    """The same verdicts: on 300 parts told apart, on 6 parts of 50 images not."""
    stopped = labels.copy()
    stopped[:50:2] = False  # all escapes are of the first part
    parts = np.arange(IMAGES) // 50
    alone = compared([contender("a", labels, labels), contender("b", stopped, labels)])
    together = compared(
        [contender("a", labels, labels, parts), contender("b", stopped, labels, parts)]
    )
    assert alone["differences"][0]["figures"][ESCAPE]["told_apart"]
    assert together["groups"] == 6
    assert not together["differences"][0]["figures"][ESCAPE]["told_apart"]


def test_equal_runs_have_no_interval_of_their_difference(labels):
    runs = [contender(name, labels, labels) for name in "ab"]
    found = compared(runs, 50)
    figure = found["differences"][0]["figures"]["classification.accuracy"]
    assert (figure["difference"], figure["ci95"], figure["told_apart"]) == (0, None, False)
    assert figure["reasons"] == {"ci95": "every replicate gave the same"}
    assert "no counter-example" in found["runs"][0]["ci95"]["reasons"][ESCAPE]


def test_runs_whose_names_begin_alike_are_kept_apart(labels):
    generator = np.random.default_rng(0)
    runs = [
        contender(name, wrong_on(labels, generator, rate), labels)
        for name, rate in (("swift", 0.3), ("swift-2", 0.05), ("swift/x", 0.1))
    ]
    found = compared(runs, 50)
    keys = [ESCAPE, FALSE_ALARM, "classification.accuracy"]
    for run, one in zip(found["runs"], runs, strict=True):
        assert list(run["figures"]) == [key for key in run["ci95"] if key != "reasons"] == keys
        assert run["figures"] == one.figures(None)
    for difference in found["differences"]:
        assert list(difference["figures"]) == keys


def test_all_against_none_is_told_apart_without_an_interval(labels):
    blind = contender("blind", np.zeros_like(labels), labels)
    found = compared([blind, contender("sharp", labels, labels)], 50)
    figure = found["differences"][0]["figures"][ESCAPE]
    assert (figure["difference"], figure["ci95"]) == (-1, None)
    assert figure["mcnemar"]["p_value"] < 1e-9
    assert figure["told_apart"] is figure["better"] is True
    few = np.arange(IMAGES) // 60  # 5 parts are too few: 1 in 16 by chance
    runs = [
        contender(name, stopped, labels, few)
        for name, stopped in (("blind", np.zeros_like(labels)), ("sharp", labels))
    ]
    figure = compared(runs, 50)["differences"][0]["figures"][ESCAPE]
    assert figure["mcnemar"]["p_value"] < 1e-9
    assert figure["told_apart"] is False


def test_intervals_that_the_bootstrap_cannot_give(labels):
    runs = [contender(name, labels, labels) for name in "ab"]
    certain = replace(runs[0], exact={"classification.accuracy": (0.9, 1.0)})
    one, other = compared([certain, runs[1]], 50)["runs"]
    assert one["ci95"]["classification.accuracy"] == [0.9, 1.0]
    assert "no counter-example" in other["ci95"]["reasons"]["classification.accuracy"]


def test_a_run_that_lacks_a_figure(labels):
    plain = contender("a", labels, labels)
    more = contender("b", labels, labels, figures=lambda _: {"detection.map": 0.5, ESCAPE: None})
    found = compared([plain, more, contender("c", ~labels, labels)], 50)
    assert [own["run"] for own in found["differences"]] == ["b", "c"]
    figures = found["differences"][0]["figures"]
    assert list(figures) == [ESCAPE, FALSE_ALARM, "classification.accuracy", "detection.map"]
    assert all(figure["difference"] is None for figure in figures.values())
    assert figures["detection.map"]["reasons"]["ci95"] == "one of the runs lacks the figure"


def test_mcnemar_counts_the_images_on_which_one_is_wrong():
    first, other = np.array([1, 1, 0, 1, 1, 1], bool), np.array([0, 0, 1, 0, 0, 1], bool)
    assert mcnemar(first, other) == {"only_first": 4, "only_other": 1, "p_value": 12 / 32}
    assert mcnemar(first, first)["p_value"] == 1
