"""Mutations of JSON documents that stay JSON: bytes alone seldom come past the parser."""

import json
import random
from collections.abc import Callable
from typing import Any

_VALUES: list[Any] = [
    None, True, False, 0, 1, -1, -3, 0.5, 1e308, 1e-308, float("nan"), float("inf"), 2**31, 2**63,
    10**9, 10**30, "", "0", "a.png", "../a.png", "/a.png", "C:\\a.png", "\x00", "\ud800", "é",
    "1" * 40, [], {}, [0], [0, 0, 0, 0], [[0, 0, 5, 0, 5, 5]], [10**9, 10**9],
    {"size": [32, 48], "counts": "0"}, 10**400, "/etc/passwd", "train/../a.png", "a\x1b[2J", [None],
    [[]], [1e308] * 6, {"size": [8, 8], "counts": "~"},
]  # fmt: skip


def mutate_json(content: bytes, seed: int, longest: int) -> bytes | None:
    """Change one to three values of a JSON document.

    Args:
        content: the document.
        seed: of the choices.
        longest: bytes; a longer result is given up.

    Returns:
        The new document; ``None`` where the content is no JSON.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    dice = random.Random(seed)
    for _ in range(dice.randint(1, 3)):
        document = _change(document, dice)
    text = json.dumps(document).encode()
    return text if len(text) <= longest else None


def _change(document: Any, dice: random.Random) -> Any:
    """The document with one value replaced, removed, doubled, wrapped or swapped."""
    places: list[tuple[Any, Any]] = []
    _collect(document, places)
    if not places:
        return dice.choice(_VALUES)
    parent, key = dice.choice(places)
    ways: list[Callable[[Any], Any]] = [
        lambda value: dice.choice(_VALUES),
        lambda value: [value],
        lambda value: -value if isinstance(value, int | float) else str(value),
        lambda value: value * 2 if isinstance(value, int | float | str | list) else value,
        lambda value: places[dice.randrange(len(places))][0],
    ]
    way = dice.randrange(len(ways) + 1)
    if way == len(ways):
        del parent[key]
    else:
        parent[key] = json.loads(json.dumps(ways[way](parent[key])))
    return document


def _collect(node: Any, places: list[tuple[Any, Any]]) -> None:
    keys = (
        node.keys()
        if isinstance(node, dict)
        else range(len(node))
        if isinstance(node, list)
        else ()
    )
    for key in keys:
        places.append((node, key))
        _collect(node[key], places)
