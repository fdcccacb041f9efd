"""What can go wrong, and the exit code that says whose turn it is."""

from auxnet_cli.plain_text import printable


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


def nearest(name: str, known: list[str]) -> str:
    """The sentence "Did you mean 'x'?" for the known name closest to a wrong one, or ""."""
    import difflib

    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else ""
