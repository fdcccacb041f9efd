"""What can go wrong, and the exit code that says whose turn it is."""


class AuxnetError(Exception):
    """The work failed. One sentence: what is wrong, where, and what to do next."""

    exit_code = 1


class InputError(AuxnetError):
    """The call or the input is wrong."""

    exit_code = 2


def nearest(name: str, known: list[str]) -> str:
    """The sentence "Did you mean 'x'?" for the known name closest to a wrong one, or ""."""
    import difflib

    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else ""
