"""The errors of the program, and the exit code of each."""

from auxnet_cli.plain_text import printable


class AuxnetError(Exception):
    r"""The work failed. The sentence says what is wrong, where, and what to do next.

    Sentences quote names and values from files. Control characters in them are escaped, such as
    ``\x1b``, so that a terminal does not obey them.

    An argument of a job stands in backticks, as in `` `out` ``; a command shows its option instead,
    ``--out``.
    """

    exit_code = 1

    def __init__(self, sentence: str) -> None:
        super().__init__(printable(sentence))


class InputError(AuxnetError):
    """The call or the input is wrong."""

    exit_code = 2


def first_line(error: Exception) -> str:
    """Returns the first line of a library's error, or its kind if it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def nearest(name: str, known: list[str]) -> str:
    """Returns "Did you mean 'x'?" for the known name closest to a wrong name, or ""."""
    import difflib

    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else ""
