import pytest

from auxnet_cli.reports.palette import BLACK, PALETTE, WHITE, colour_of, contrast


def luminance(colour):
    linear = [
        c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4
        for c in colour
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", PALETTE)
def test_letters_are_readable_on_every_class_colour(colour):
    bright, dark = sorted([luminance(colour), luminance(contrast(colour))], reverse=True)
    assert (bright + 0.05) / (dark + 0.05) > 4.5  # WCAG 2, level AA


def test_contrast_of_extremes():
    assert contrast(BLACK) == WHITE
    assert contrast(WHITE) == BLACK


def test_colours_are_all_different_and_repeat():
    assert len(set(PALETTE)) == len(PALETTE) == 7
    assert colour_of(7) == colour_of(0)
