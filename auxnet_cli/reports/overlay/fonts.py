"""Which font has which letter: DejaVu Sans for most scripts, a font of the system for the others.

DejaVu Sans comes with Matplotlib. It lacks Chinese, Japanese, Korean, Thai and more; fonts that
have those weigh 10 MB and more, so none comes with this package.
"""

import unicodedata
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from threading import Lock

from PIL import ImageFont

_NO_LETTER = "\U0010ffff"
"""A code that Unicode keeps free for ever: every font draws it as what it lacks."""

_PROBE = 20

_PREFERRED = (  # on Linux, macOS and Windows
    *("notosanscjk", "sourcehansans", "notosans", "wqy", "nanumgothic", "droidsans"),
    *("pingfang", "hiragino", "applesdgothic"),
    *("msyh", "yugoth", "meiryo", "malgun", "segoeui"),
)
"""How the files of plain, well-drawn fonts begin."""

_warning = Lock()
_warned: set[tuple[str, ...]] = set()


@cache
def own_font() -> str:
    """The file of DejaVu Sans Bold."""
    # Found without an import, which takes a quarter of a second of the first overlay.
    package = find_spec("matplotlib")
    assert package is not None
    assert package.origin is not None
    data = Path(package.origin).with_name("mpl-data")
    return str(data / "fonts" / "ttf" / "DejaVuSans-Bold.ttf")


@cache
def face(file: str, size: int) -> ImageFont.FreeTypeFont:
    """A font, ``size`` pixels high."""
    return ImageFont.truetype(file, size)


@cache
def font_of(letter: str) -> str | None:
    """The file of the font that has a letter; ``None`` where no font here has it."""
    if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp"):
        return None
    if _has(own_font(), letter):
        return own_font()
    if unicodedata.category(letter) == "Cn":  # stands for nothing
        return None
    return next((file for file in _found_fonts() if _has(file, letter)), None)


def runs(text: str) -> list[tuple[str, str]]:
    """A line of text in pieces of one font: (piece, the font's file) each.

    Marks and joiners stay with the letter before them. What no font has is drawn by DejaVu Sans, as
    an empty square.
    """
    fonts: list[str] = []
    for letter in text:
        joins = unicodedata.category(letter) in ("Mn", "Me", "Cf")
        fonts.append(fonts[-1] if joins and fonts else font_of(letter) or own_font())
    pieces = groupby(zip(text, fonts, strict=True), key=lambda drawn: drawn[1])
    return [("".join(letter for letter, _ in piece), file) for file, piece in pieces]


def legible(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The names of classes as a picture can show them.

    A class whose name has a letter that no font here has is called by its number, from ``#1`` on,
    which is said once on standard error.
    """
    shown = tuple(
        name if _is_drawable(name) else f"#{number}" for number, name in enumerate(classes, 1)
    )
    if shown != classes:
        _warn(classes, shown)
    return shown


@cache
def _is_drawable(name: str) -> bool:
    return all(
        font_of(letter) is not None
        for letter in name
        if unicodedata.category(letter) not in ("Mn", "Me", "Cf")
    )


def _warn(classes: tuple[str, ...], shown: tuple[str, ...]) -> None:
    with _warning:  # pictures are drawn in several threads
        if classes in _warned:
            return
        _warned.add(classes)
    from auxnet_cli.terminal import warn

    named = [
        f"{name if name.isprintable() else ascii(name)} is {number}"
        for name, number in zip(classes, shown, strict=True)
        if name != number
    ]
    warn(
        "No font on this computer has all letters of these class names, and pictures show their "
        f"numbers: {', '.join(named[:8])}{', …' if len(named) > 8 else ''}. Install a font that "
        "has them, such as Noto Sans CJK (on Debian and Ubuntu: apt install fonts-noto-cjk)."
    )


def _has(file: str, letter: str) -> bool:
    """Whether a font has a letter. Without Pillow's words for it, by what it draws."""
    try:
        font = face(file, _PROBE)
        return bytes(font.getmask(letter)) != bytes(font.getmask(_NO_LETTER))
    except (OSError, ValueError):  # a font of fixed sizes, or a damaged one
        return False


@cache
def _found_fonts() -> list[str]:
    """The fonts of the system, plain ones first."""
    from matplotlib.font_manager import findSystemFonts

    def rank(file: str) -> tuple[int, str]:
        name = Path(file).stem.lower().replace("-", "").replace("_", "")
        known = (place for place, start in enumerate(_PREFERRED) if name.startswith(start))
        return next(known, len(_PREFERRED)), file

    return sorted(findSystemFonts(), key=rank)
