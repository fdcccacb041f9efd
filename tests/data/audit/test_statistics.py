import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from auxnet_cli.data.audit.statistics import GREYS, SIDES, histogram, percentiles, statistics
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.labels.instances import boxed
from auxnet_cli.documents.audit import HistogramBin


def entry(file, *defects):
    return Entry(file, file, 100, 200, file, tuple((name, boxed(box)) for name, box in defects))


def test_statistics():
    entries = [
        entry("a.png", ("pit", (0.0, 0.0, 4.0, 16.0)), ("pit", (9.0, 9.0, 1.0, 2.0))),
        entry("b.png"),
    ]
    scaled = [np.array([[0, 0, 2, 8], [4.5, 4.5, 5, 5.5]]), np.zeros((0, 4))]
    computed = statistics(entries, np.array([200.0, 10.0]), scaled, ["pit", "crack"], {})
    sizes = computed.image_sizes.model_dump()
    assert sizes["commonest"] == [{"width": 200, "height": 100, "images": 2}]
    assert computed.brightness.darkest == ["b.png", "a.png"]
    assert computed.brightness.brightest == ["a.png", "b.png"]
    assert (computed.defects.number, computed.defects.tiny) == (2, 1)
    assert computed.defects.thinner_than_1_px_at_network_size == 1
    pit = computed.classes["pit"]
    assert (pit.images, pit.defects, pit.tiny) == (1, 2, 1)
    assert (pit.original.side.max, pit.network.side.max) == (8, 4)
    assert pit.network.height_over_width.max == 4
    assert pit.original.width.min == 1
    assert computed.classes["crack"].network.side.p50 is None
    histograms = computed.defects.histograms.document()
    assert histograms["side_original"] == [
        {"from": 1, "to": 2, "number": 1},
        {"from": 2, "to": 4, "number": 0},
        {"from": 4, "to": 8, "number": 0},
        {"from": 8, "to": 16, "number": 1},
    ]


def test_without_any_defect():
    computed = statistics([entry("a.png")], np.array([7.0]), [np.zeros((0, 4))], ["pit"], {})
    assert computed.defects.number == 0
    assert computed.defects.histograms.ratio_network == []


@given(st.lists(st.floats(0, 1e6), max_size=50))
def test_a_histogram_counts_every_value_once(values):
    bins = histogram(np.array(values), SIDES)
    assert sum(each.number for each in bins) == len(values)
    for each in bins:
        end = float("inf") if each.end is None else each.end
        assert each.number == sum(each.start <= value < end for value in values)
    assert all(bins[end].number for end in (0, -1) if bins)


def test_white_is_in_the_last_bin():
    assert histogram(np.array([255.0]), GREYS) == [HistogramBin(start=240, end=256, number=1)]


def test_percentiles():
    expected = {"min": 0, "p5": 5, "p25": 25, "p50": 50, "p75": 75, "p95": 95, "max": 100}
    assert percentiles(np.arange(101)).model_dump() == expected
