"""What can go wrong, and the exit code that says whose turn it is."""


class AuxnetError(Exception):
    r"""The work failed. One sentence: what is wrong, where, and what to do next.

    Sentences quote names and values from files. Characters in them that a terminal would obey, or
    that no text can hold, are written as escapes such as ``\x1b``.
    """

    exit_code = 1

    def __init__(self, sentence: str) -> None:
        super().__init__(printable(sentence))


class InputError(AuxnetError):
    """The call or the input is wrong."""

    exit_code = 2


def printable(text: str) -> str:
    r"""The text with each character that cannot be printed as its escape, such as ``\n``."""
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def nearest(name: str, known: list[str]) -> str:
    """The sentence "Did you mean 'x'?" for the known name closest to a wrong one, or ""."""
    import difflib

    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else ""
