from xml.etree import ElementTree

from auxnet_cli.reports.audit.histograms import bars

BINS = [
    {"from": 0, "to": 1, "number": 12568},
    {"from": 1, "to": 2, "number": 0},
    {"from": 2, "to": None, "number": 3142},
]


def test_heights_are_in_proportion():
    svg = ElementTree.fromstring(bars(BINS, "Side & shape", "px"))
    heights = [float(rect.get("height")) for rect in svg.iter("rect")]
    assert heights[0] > 50
    assert heights[1] == 0
    assert abs(heights[2] / heights[0] - 0.25) < 0.01
    texts = [text.text for text in svg.iter("text")]
    assert texts == ["12k", "0", "1", "3142", "2", "px"]


def test_is_read_out():
    svg = ElementTree.fromstring(bars(BINS, "Side & shape", "px"))
    assert svg.get("aria-label") == ("Side & shape: 0 to 1: 12568, 1 to 2: 0, 2 and more: 3142")


def test_nothing_to_draw():
    assert bars([], "Side", "px") == ""
