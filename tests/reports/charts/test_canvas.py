from xml.etree import ElementTree

import pytest

from auxnet_cli.reports.charts.canvas import Plot, drawn, label, tone


def sheet(name, title="line"):
    def draw(figure):
        axis = figure.subplots()
        axis.plot([0, 1], [0, 1], label=label(title))
        axis.legend()

    return Plot(name, "A title", "words", 'a "spoken" <text>', drawn(name, draw))


def test_the_same_bytes_each_time():
    assert sheet("one").svg == sheet("one").svg


def test_drawings_of_one_page_share_no_id():
    ids = [
        {node.get("id") for node in ElementTree.fromstring(sheet(name).inline).iter()} - {None}
        for name in ("one", "two")
    ]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_references_still_lead_somewhere():
    inline = sheet("one").inline
    root = ElementTree.fromstring(inline)
    ids = {node.get("id") for node in root.iter()}
    used = {
        value.removeprefix("url(").rstrip(")").removeprefix("#")
        for node in root.iter()
        for name, value in node.attrib.items()
        if name.endswith("href") or value.startswith("url(")
    }
    assert used
    assert used <= ids


def test_it_is_read_out_and_brings_no_style_for_the_page():
    root = ElementTree.fromstring(sheet("one").inline)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'A title. a "spoken" <text>'
    assert not [node for node in root.iter() if node.tag.endswith(("style", "metadata"))]


@pytest.mark.parametrize(
    "name", ["$x$", "$\\frac", "_hidden", "<b>&", "--><script>", "裂纹", "a\x00b"]
)
def test_any_name_is_text(name):
    text = "".join(ElementTree.fromstring(sheet("one", name).svg).itertext())
    assert label(name).strip() in text


def test_labels_are_short_and_seen():
    assert label("x" * 40) == "x" * 23 + "…"
    assert label("_x") != "_x"


def test_colours_are_dark_enough_on_white():
    for place in range(7):
        red, green, blue = tone(place)
        assert 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.72
