from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from auxnet_cli.inspection import Box, Inspection
from auxnet_cli.reports.overlay import fonts, lettering
from auxnet_cli.reports.overlay.drawing import draw
from auxnet_cli.reports.overlay.fonts import default_font, font_of, legible, runs
from auxnet_cli.reports.overlay.lettering import text_width, write

CACHED = (
    *(fonts.font_of, fonts._is_drawable, fonts._system_fonts),
    *(lettering.text_width, lettering._coverage),
)


@pytest.fixture
def system(monkeypatch):
    """Lets the system have the fonts that are given, and no others."""

    def has(*files):
        monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: list(files))
        monkeypatch.setattr(fonts, "_warned", set())
        for function in CACHED:
            function.cache_clear()

    has()
    yield has
    monkeypatch.undo()
    for function in CACHED:
        function.cache_clear()


@pytest.fixture
def blocks(tmp_path):
    """A font that draws 划 and 痕 as full blocks, and what it lacks as nothing."""
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    def glyph(side):
        pen = TTGlyphPen(None)
        if side:
            pen.moveTo((0, 0))
            for corner in ((0, side), (side, side), (side, 0)):
                pen.lineTo(corner)
            pen.closePath()
        return pen.glyph()

    names = [".notdef", "hua", "hen"]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord("划"): "hua", ord("痕"): "hen"})
    builder.setupGlyf(dict(zip(names, map(glyph, (0, 800, 700)), strict=True)))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Blocks", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    path = tmp_path / "Blocks.ttf"
    builder.save(path)
    return str(path)


def inspection(classes):
    masks = np.zeros((60, 200, len(classes)), bool)
    masks[10:20, 20:40, 0] = masks[30:40, 100:130, -1] = True
    scores = np.linspace(0.9, 0.6, len(classes), dtype=np.float32)
    box = Box(0, 0.9, 20.0, 10.0, 20.0, 10.0)
    return Inspection(60, 200, classes, scores, masks, (box,), True, votes={})


def test_common_scripts_need_no_other_font(system, monkeypatch):
    monkeypatch.setattr(fonts, "_system_fonts", lambda: pytest.fail("looked for fonts"))
    for text in ("Ärger ✓ 0.93", "трещина", "ρωγμή", "שריטה", "خدش", "rust e\u0301…"):
        assert runs(text) == [(text, default_font())]
        assert legible((text,)) == (text,)


def test_a_font_of_the_system_draws_what_the_default_lacks(system, blocks, tmp_path):
    damaged = tmp_path / "Arial.ttf"
    damaged.write_bytes(b"no font")
    system(str(damaged), str(tmp_path / "absent.ttf"), blocks)
    assert font_of("划") == blocks
    assert font_of("割") is None
    mixed = "划痕 0.9"
    assert runs(mixed) == [("划痕", blocks), (" 0.9", default_font())]
    assert text_width(mixed, 20) == pytest.approx(40 + text_width(" 0.9", 20), abs=1)
    assert legible((mixed, "pit")) == (mixed, "pit")
    picture = np.zeros((40, 120, 3), np.uint8)
    write(picture, mixed, (5, 20), 20, (255, 255, 255))
    first, second, rest = picture[..., 0][:, 5:25], picture[..., 0][:, 25:45], picture[..., 0]
    assert (first == 255).sum() == pytest.approx(16 * 16, abs=40)
    assert (second == 255).sum() == pytest.approx(14 * 14, abs=40)
    assert rest[:, 50:].max() == 255


def test_plain_fonts_come_first(system):
    system("/z/msyh.ttc", "/b/Zapfino.ttf", "/a/Arial.ttf", "/c/NotoSansCJK-Bold.ttc")
    assert [file[3:7] for file in fonts._system_fonts()] == ["Noto", "msyh", "Aria", "Zapf"]


def test_without_a_font_a_class_is_called_by_its_number(system, capsys):
    classes = ("划痕", "pit", "锈 crack")
    image = np.full((60, 200, 3), 120, np.uint8)
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda _: draw(image, inspection(classes)), range(16)))
    expected = draw(image, inspection(("#1", "pit", "#3")))
    for picture in drawn:
        np.testing.assert_array_equal(picture, expected)
    warning = capsys.readouterr().err
    assert warning.count("WARNING") == 1
    for words in ("划痕 is #1, 锈 crack is #3", "Install a font", "Noto Sans CJK"):
        assert words in warning


def test_hostile_names_are_drawn(system, capsys):
    names = (
        "rust 🔥", "a\nb", "\ud800", "\x00", "\u200d", "", "👩‍🔧", "a\u0301\u0301", "\U0010ffff",
    )  # fmt: skip
    image = np.full((60, 200, 3), 120, np.uint8)
    assert legible(names) == ("#1", "#2", "#3", "#4", "\u200d", "", "#7", names[7], "#9")
    assert draw(image, inspection(names)).any()
    assert "\\ud800" in capsys.readouterr().err
