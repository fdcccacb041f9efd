"""Escapes characters of file names and messages that cannot be written or shown."""

from collections.abc import Iterable


def plain(text: str) -> str:
    r"""Escapes what is no Unicode: a byte E9 in a file name becomes ``\udce9``.

    Python represents such bytes by lone surrogates, which no file and no terminal takes.
    """
    return text.encode("utf-8", "backslashreplace").decode()


def printable(text: str) -> str:
    r"""Escapes each character that cannot be printed, such as ``\n``."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def alternatives(names: Iterable[str]) -> str:
    """Returns names as a choice: ``a, b or c``."""
    return " or ".join(", ".join(names).rsplit(", ", 1))
