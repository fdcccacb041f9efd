import re
from xml.etree import ElementTree

import pytest

from auxnet_cli.reports.charts.chart import line_colour, new_canvas, short_label


def line_chart(name, label="line"):
    with new_canvas(name) as canvas:
        axis = canvas.figure.subplots()
        axis.plot([0, 1], [0, 1], label=short_label(label))
        axis.legend()
    return canvas.chart("A title", "caption", 'a "described" <text>')


def test_the_same_bytes_each_time():
    assert line_chart("first").svg == line_chart("first").svg


def test_charts_of_one_page_share_no_id_and_references_resolve():
    ids = []
    for name in ("first", "second"):
        inline = line_chart(name).inline
        ids.append({node.get("id") for node in ElementTree.fromstring(inline).iter()} - {None})
        references = set(re.findall(r'(?:url\(#|href="#)([^")]+)', inline))
        assert references
        assert references <= ids[-1]
    assert not ids[0] & ids[1]


def test_it_is_read_out_and_brings_no_style_for_the_page():
    root = ElementTree.fromstring(line_chart("first").inline)
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'A title. a "described" <text>'
    assert not [node for node in root.iter() if node.tag.endswith(("style", "metadata"))]


@pytest.mark.parametrize("name", ["$\\frac", "_hidden", "<b>&", "--><script>", "裂纹", "a\x00b"])
def test_any_name_is_text(name):
    text = "".join(ElementTree.fromstring(line_chart("first", name).svg).itertext())
    assert short_label(name).strip() in text


def test_labels_are_short_and_seen():
    assert short_label("x" * 40) == "x" * 23 + "…"
    assert short_label("_x") != "_x"


def test_colours_are_dark_enough_on_white():
    for index in range(7):
        red, green, blue = line_colour(index)
        assert 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.72
