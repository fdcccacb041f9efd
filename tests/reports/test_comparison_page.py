from auxnet_cli.reports.comparison_page import differences, title, write_comparison


def test_the_page(tmp_path, compared):
    compared["runs"][1]["name"] = compared["differences"][0]["run"] = "<script>b"
    write_comparison(tmp_path, compared)
    text = (tmp_path / "comparison.html").read_text(encoding="utf-8")
    assert "<strong>&lt;script&gt;b is better than a</strong> in Escape rate: -0.200" in text
    assert "<script" not in text
    assert "c is" not in text
    assert "c, Dice: no class has truth" in text
    assert "0.300 (0.250-0.350)" in text
    svg = (tmp_path / "figures" / "differences.svg").read_text(encoding="utf-8")
    assert "Escape rate ↓" in svg
    assert "Dice" not in svg  # it has no difference


def test_what_is_found(compared):
    assert [(key, one.run, one.finding) for key, one in differences(compared)] == [
        ("screening.escape_rate", "b", "better"),
        ("screening.escape_rate", "c", "cannot be told"),
    ]


def test_nothing_that_can_be_told(tmp_path, compared):
    del compared["differences"][0]
    write_comparison(tmp_path, compared)
    text = (tmp_path / "comparison.html").read_text(encoding="utf-8")
    assert "These images cannot tell the runs from a" in text


def test_a_figure_without_a_title_keeps_its_key():
    assert title("segmentation.iou") == "IoU"
    assert title("detection.map_small") == "mAP, small defects"
    assert title("other.new_figure") == "other, new figure"
