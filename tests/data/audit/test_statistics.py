import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.audit.statistics import GREYS, SIDES, histogram, percentiles, statistics
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.labels.instances import boxed


def entry(file, *defects):
    return Entry(file, file, 100, 200, file, tuple((name, boxed(box)) for name, box in defects))


def test_statistics():
    entries = [
        entry("a.png", ("pit", (0.0, 0.0, 4.0, 16.0)), ("pit", (9.0, 9.0, 1.0, 2.0))),
        entry("b.png"),
    ]
    scaled = [np.array([[0, 0, 2, 8], [4.5, 4.5, 5, 5.5]]), np.zeros((0, 4))]
    found = statistics(entries, np.array([200.0, 10.0]), scaled, ["pit", "crack"], {"train": {}})
    assert found["image_sizes"]["commonest"] == [{"width": 200, "height": 100, "images": 2}]
    assert found["brightness"]["darkest"] == ["b.png", "a.png"]
    assert found["brightness"]["brightest"] == ["a.png", "b.png"]
    assert found["defects"]["number"] == 2
    assert found["defects"]["tiny"] == 1
    assert found["defects"]["thinner_than_1_px_at_network_size"] == 1
    pit = found["classes"]["pit"]
    assert (pit["images"], pit["defects"], pit["tiny"]) == (1, 2, 1)
    assert pit["original"]["side"]["max"] == 8
    assert pit["network"]["side"]["max"] == 4
    assert pit["network"]["height_over_width"]["max"] == 4
    assert pit["original"]["width"]["min"] == 1
    assert found["classes"]["crack"]["network"]["side"]["p50"] is None
    assert found["defects"]["histograms"]["side_original"] == [
        {"from": 1, "to": 2, "number": 1},
        {"from": 2, "to": 4, "number": 0},
        {"from": 4, "to": 8, "number": 0},
        {"from": 8, "to": 16, "number": 1},
    ]


def test_without_any_defect():
    found = statistics([entry("a.png")], np.array([7.0]), [np.zeros((0, 4))], ["pit"], {})
    assert found["defects"]["number"] == 0
    assert found["defects"]["histograms"]["ratio_network"] == []


@given(st.lists(st.floats(0, 1e6), max_size=50))
def test_a_histogram_counts_every_value_once(values):
    bins = histogram(np.array(values), SIDES)
    assert sum(one["number"] for one in bins) == len(values)
    for one in bins:
        top = one["to"] if one["to"] is not None else float("inf")
        assert one["number"] == sum(one["from"] <= value < top for value in values)
    if bins:
        assert bins[0]["number"]
        assert bins[-1]["number"]


def test_white_is_in_the_last_bin():
    assert histogram(np.array([255.0]), GREYS) == [{"from": 240, "to": 256, "number": 1}]


def test_percentiles():
    found = percentiles(np.arange(101))
    assert found == {"min": 0, "p5": 5, "p25": 25, "p50": 50, "p75": 75, "p95": 95, "max": 100}
