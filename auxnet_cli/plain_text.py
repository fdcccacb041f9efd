"""Text that can be written and shown, whatever a disk calls its files."""


def plain(text: str) -> str:
    r"""The text, with what is no Unicode escaped: a byte E9 in a file's name becomes ``\udce9``.

    Python stands such bytes for by lone surrogates, which no file and no terminal takes.
    """
    return text.encode("utf-8", "backslashreplace").decode()


def printable(text: str) -> str:
    r"""The text with each character that cannot be printed as its escape, such as ``\n``."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )
