"""Finds a font for each letter: DejaVu Sans for most scripts, fonts of the system for the others.

DejaVu Sans comes with Matplotlib. It lacks Chinese, Japanese, Korean, Thai and more, whose fonts
are too large, 10 MB and more, to come with this package.
"""

import unicodedata
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from threading import Lock

from PIL import ImageFont

_NO_LETTER = "\U0010ffff"
"""A code point that Unicode never assigns: fonts draw it like any letter that they lack."""
_PROBE_SIZE = 20
_NOT_DRAWN = ("Mn", "Me", "Cf")
"""Unicode categories of marks and joiners, which belong to the letter before them."""
_PREFERRED = (  # on Linux, macOS and Windows
    *("notosanscjk", "sourcehansans", "notosans", "wqy", "nanumgothic", "droidsans"),
    *("pingfang", "hiragino", "applesdgothic"),
    *("msyh", "yugoth", "meiryo", "malgun", "segoeui"),
)
"""How the file names of plain, well-drawn fonts begin."""
_warning = Lock()
_warned: set[tuple[str, ...]] = set()


@cache
def default_font() -> str:
    """Returns the file of DejaVu Sans Bold."""
    # Importing Matplotlib would add a quarter of a second to the first overlay.
    package = find_spec("matplotlib")
    assert package is not None
    assert package.origin is not None
    data = Path(package.origin).with_name("mpl-data")
    return str(data / "fonts" / "ttf" / "DejaVuSans-Bold.ttf")


@cache
def face(file: str, size: int) -> ImageFont.FreeTypeFont:
    """Returns a font, ``size`` pixels high."""
    return ImageFont.truetype(file, size)


@cache
def font_of(letter: str) -> str | None:
    """Returns the file of a font that has a letter; ``None`` if no font has it."""
    if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp"):
        return None
    if _has(default_font(), letter):
        return default_font()
    if unicodedata.category(letter) == "Cn":  # unassigned
        return None
    return next((file for file in _system_fonts() if _has(file, letter)), None)


def runs(text: str) -> list[tuple[str, str]]:
    """Splits a line of text into pieces of one font: piece, and the font's file.

    Marks and joiners stay with the letter before them. DejaVu Sans draws letters that no font has
    as empty squares.
    """
    fonts: list[str] = []
    for letter in text:
        joins = unicodedata.category(letter) in _NOT_DRAWN
        fonts.append(fonts[-1] if joins and fonts else font_of(letter) or default_font())
    pieces = groupby(zip(text, fonts, strict=True), key=lambda pair: pair[1])
    return [("".join(letter for letter, _ in piece), file) for file, piece in pieces]


def legible(classes: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the names of classes as a picture can show them.

    A class whose name has a letter that no font has is called by its number, from ``#1`` on; a
    warning on standard error says so once.
    """
    shown = tuple(
        name if _is_drawable(name) else f"#{number}" for number, name in enumerate(classes, 1)
    )
    if shown != classes:
        _warn(classes, shown)
    return shown


@cache
def _is_drawable(name: str) -> bool:
    letters = (letter for letter in name if unicodedata.category(letter) not in _NOT_DRAWN)
    return all(font_of(letter) is not None for letter in letters)


def _warn(classes: tuple[str, ...], shown: tuple[str, ...]) -> None:
    with _warning:  # pictures are drawn by several threads
        if classes in _warned:
            return
        _warned.add(classes)
    from auxnet_cli.terminal import warn

    numbered = [
        f"{name if name.isprintable() else ascii(name)} is {number}"
        for name, number in zip(classes, shown, strict=True)
        if name != number
    ]
    warn(
        "No font on this computer has all letters of these class names, and pictures show their "
        f"numbers: {', '.join(numbered[:8])}{', …' if len(numbered) > 8 else ''}. Install a font "
        "that has them, such as Noto Sans CJK (on Debian and Ubuntu: apt install fonts-noto-cjk)."
    )


def _has(file: str, letter: str) -> bool:
    """Returns whether a font has a letter, by what it draws: Pillow cannot tell."""
    try:
        font = face(file, _PROBE_SIZE)
        return bytes(font.getmask(letter)) != bytes(font.getmask(_NO_LETTER))
    except (OSError, ValueError):  # a bitmap font, or a damaged file
        return False


@cache
def _system_fonts() -> list[str]:
    """Returns the files of the system's fonts, plain ones first."""
    from matplotlib.font_manager import findSystemFonts

    def rank(file: str) -> tuple[int, str]:
        name = Path(file).stem.lower().replace("-", "").replace("_", "")
        ranks = (rank for rank, start in enumerate(_PREFERRED) if name.startswith(start))
        return next(ranks, len(_PREFERRED)), file

    return sorted(findSystemFonts(), key=rank)
