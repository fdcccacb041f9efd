"""Reads JSON and YAML of unknown origin within bounds, or refuses it in one sentence.

Such a file may be made to fill the memory or the stack, to say a thing twice, or to hold values
that cannot be written again. The documents returned here do none of that; whether their content
makes sense is up to the caller.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from auxnet_cli.errors import InputError

LARGEST = 2**24
"""Most bytes of a JSON file unless its reader allows more; in memory it takes 25 times that."""

LARGEST_YAML = 2**22
"""Most bytes of a YAML file, which takes ten times as long to read as JSON."""

DEEPEST = 64
"""Most levels of lists and mappings. Python's own limit depends on the caller and raises a
``RecursionError`` at any place."""

MOST_REPEATED = 10_000
"""Most values that a YAML document repeats by reference (``*name``), each counted as often as it is
referred to: ten lines can stand for a billion values."""

_SCALARS = frozenset((str, int, float, bool, type(None)))
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_json(path: Path, what: str = "file", largest: int = LARGEST, finite: bool = True) -> Any:
    """Reads a JSON file of ``largest`` bytes at most, which messages call ``what``.

    Raises:
        InputError: it is missing, unreadable or too large, or :func:`parse_json` refuses it.
    """
    return parse_json(_content(path, what, largest), path, finite)


def parse_json(content: bytes | str, source: Path | str, finite: bool = True) -> Any:
    """Parses a JSON document.

    Args:
        content: the text, or its UTF-8 with or without a byte-order mark.
        source: where it comes from, for messages.
        finite: whether to refuse NaN and infinite numbers. A reader that checks each number of
            many entries can pass over a single entry instead.

    Raises:
        InputError: it is no UTF-8 or no JSON, is nested deeper than ``DEEPEST``, has a key twice in
            one object, or holds NaN, an infinite number, a whole number of thousands of digits, or
            half of a surrogate pair, which no file can hold.
    """
    text = _text(content, source)
    try:
        document = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_number if finite else float,
            parse_float=_finite if finite else float,
        )
        if isinstance(document, dict | list):
            _check_depth(document)
    except json.JSONDecodeError as error:
        raise InputError(
            f"{source}, line {error.lineno}, column {error.colno}: it is no JSON ({error.msg})."
        ) from None
    except _RefusedError as error:
        raise InputError(f"{source} {error}.") from None
    except ValueError:  # Python refuses a whole number of thousands of digits
        raise InputError(f"{source} holds a number too long to be one.") from None
    except RecursionError:
        raise InputError(f"{source} {_TOO_DEEP}.") from None
    if _SURROGATE.search(text):  # the two halves of a pair are fine
        try:
            json.dumps(document, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise InputError(
                f"{source} holds half of a surrogate pair, which is no text."
            ) from None
    return document


def read_yaml(
    path: Path, what: str = "file", largest: int = LARGEST_YAML, plain: bool = False
) -> Any:
    """Reads a YAML file of ``largest`` bytes at most, which messages call ``what``.

    Raises:
        InputError: it is missing, unreadable or too large, or :func:`parse_yaml` refuses it.
    """
    return parse_yaml(_content(path, what, largest), path, plain)


def parse_yaml(content: bytes | str, source: Path | str, plain: bool = False) -> Any:
    """Parses a YAML document of plain values, without Python objects.

    Args:
        content: the text, or its UTF-8 with or without a byte-order mark.
        source: where it comes from, for messages.
        plain: whether to keep each scalar as its text: ``no``, ``1e3``, ``2020-01-01``.

    Raises:
        InputError: it is no UTF-8 or no YAML, is nested deeper than ``DEEPEST``, has a key twice in
            one mapping, repeats more than ``MOST_REPEATED`` values by reference, or refers to a
            value within that value.
    """
    import yaml

    text = _text(content, source)
    fast = getattr(yaml, "CBaseLoader" if plain else "CSafeLoader", None)
    loader = fast or (yaml.BaseLoader if plain else yaml.SafeLoader)
    try:
        _check_events(yaml.parse(text, Loader=loader))
        return yaml.load(text, Loader=loader)
    except _RefusedError as error:
        raise InputError(f"{source}{error.position} {error}.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        position = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise InputError(f"{source}{position}: it is no YAML ({error.problem}).") from None
    except yaml.YAMLError as error:
        raise InputError(f"{source} is no YAML ({' '.join(str(error).split())}).") from None
    except Exception as error:  # a value that does not fit its tag raises any error
        raise InputError(f"{source} holds a value that cannot be read ({error}).") from None


class _RefusedError(Exception):
    """A document holds something that is not allowed; the text continues a sentence."""

    def __init__(self, text: str, line: int | None = None) -> None:
        super().__init__(text)
        self.position = "" if line is None else f", line {line + 1}:"


_TOO_DEEP = f"is nested deeper than {DEEPEST} levels"


def _content(path: Path, what: str, largest: int) -> bytes:
    try:
        if not path.is_file():
            raise InputError(f"There is no {what} {path}.")
        size = path.stat().st_size
        if size > largest:
            raise InputError(
                f"{path} has {size:,} bytes, too many for a {what}: {largest:,} are the most."
            )
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}).") from None


def _text(content: bytes | str, source: Path | str) -> str:
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{source}, byte {error.start}: it is no UTF-8 text; save it as UTF-8."
        ) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        repeated = counts.most_common(1)[0][0]
        raise _RefusedError(f"says {repeated[:60]!a} twice in one object")
    return unique


def _no_number(name: str) -> NoReturn:
    raise _RefusedError(f"holds {name}, which is no number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _RefusedError(f"holds {digits[:20]}, a number too large to be one")
    return number


def _check_depth(document: Any) -> None:
    level = [document]
    for _ in range(DEEPEST):
        inner: list[Any] = []
        for node in level:
            values = node.values() if isinstance(node, dict) else node
            # Most lists hold only numbers and are skipped without a Python step for each.
            if not _SCALARS.issuperset(map(type, values)):
                inner += [value for value in values if isinstance(value, dict | list)]
        if not inner:
            return
        level = inner
    raise _RefusedError(_TOO_DEEP)


def _check_events(events: Iterable[Any]) -> None:
    """Refuses a YAML document by its events, before any object is created."""
    import yaml

    open_: list[_Collection] = []
    sizes: dict[str, int] = {}  # values behind each anchor, repeated ones included
    repeated = 0
    for event in events:
        line = event.start_mark.line if event.start_mark else None
        size = 0
        if isinstance(event, yaml.CollectionStartEvent):
            if len(open_) == DEEPEST:
                raise _RefusedError(_TOO_DEEP, line)
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            open_.append(_Collection(event.anchor, set() if is_mapping else None))
            continue
        if isinstance(event, yaml.CollectionEndEvent):
            closed = open_.pop()
            size = closed.size + 1
            if closed.anchor is not None:
                sizes[closed.anchor] = size
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                raise _RefusedError(f"*{event.anchor} refers to nothing before it", line)
            size = sizes[event.anchor]
            repeated += size
            if repeated > MOST_REPEATED:
                raise _RefusedError(f"repeats more than {MOST_REPEATED:,} values", line)
        elif isinstance(event, yaml.ScalarEvent):
            size = 1
            if event.anchor is not None:
                sizes[event.anchor] = size
        else:
            continue  # of the stream or the document
        if open_:
            key = event.value if isinstance(event, yaml.ScalarEvent) else None
            open_[-1].add(size, key, line)


@dataclass
class _Collection:
    """A list or mapping that is being read; ``keys`` are those of a mapping so far."""

    anchor: str | None
    keys: set[str] | None
    size: int = 0
    is_key: bool = True

    def add(self, size: int, text: str | None, line: int | None) -> None:
        """Counts a value; in a mapping keys and values alternate."""
        self.size += size
        if self.keys is None:
            return
        if self.is_key and text is not None:
            if text in self.keys:
                raise _RefusedError(f"says {text[:60]!a} twice in one mapping", line)
            self.keys.add(text)
        self.is_key = not self.is_key
