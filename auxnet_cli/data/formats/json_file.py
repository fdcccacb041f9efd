"""JSON files of unknown origin, and the values in them."""

import json
import math
from pathlib import Path
from typing import Any

from auxnet_cli.errors import InputError

_LARGEST = 2**31
_QUOTED = 60


def read_json(path: Path) -> Any:
    """The content of a JSON file in UTF-8.

    Raises:
        InputError: it is missing, no file, larger than 2 GiB, no JSON, or nested too deep.
    """
    try:
        if not path.is_file():
            raise InputError(f"There is no file {path}.")
        size = path.stat().st_size
        if size > _LARGEST:
            raise InputError(f"{path} has {size:,} bytes, more than 2 GiB: split it.")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise InputError(
            f"{path}, line {error.lineno}, column {error.colno}: it is no JSON ({error.msg}); "
            "export it again."
        ) from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}, byte {error.start}: it is no UTF-8 text; save it as UTF-8."
        ) from None
    except ValueError:  # what Python says of a whole number of thousands of digits
        raise InputError(f"{path} holds a number too long to be one: export it again.") from None
    except RecursionError:
        raise InputError(f"{path} is nested too deep for annotations: export it again.") from None
    except PermissionError:
        raise InputError(f"{path} may not be read: check its permissions.") from None


def number(value: Any) -> float:
    """A finite number.

    Raises:
        ValueError: it is anything else.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        if math.isfinite(found):
            return found
    raise ValueError(f"{quoted(value)} is no finite number")


def text(value: Any) -> str:
    """A text that says something, with single spaces within and none around.

    Raises:
        ValueError: it is anything else, or cannot be written as UTF-8.
    """
    if isinstance(value, str):
        found = " ".join(value.split())
        if found and found.isprintable():
            return found
    raise ValueError(f"{quoted(value)} is no printable text")


def quoted(value: Any) -> str:
    """A value as it is shown in messages: one line, cut short, safe to print and to write."""
    if isinstance(value, list | dict):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, int) and abs(value) >= 10**20:
        return "a whole number of more than 20 digits"
    shown = ascii(value[: _QUOTED + 1] if isinstance(value, str) else value)
    return shown if len(shown) <= _QUOTED else f"{shown[:_QUOTED]}..."
