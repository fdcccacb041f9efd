"""Text that can be written in UTF-8, whatever a disk calls its files."""


def plain(text: str) -> str:
    r"""The text, with what is no Unicode escaped: a byte E9 in a file's name becomes ``\udce9``.

    Python stands such bytes for by lone surrogates, which no file and no terminal takes.
    """
    return text.encode("utf-8", "backslashreplace").decode()
