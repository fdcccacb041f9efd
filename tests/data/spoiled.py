"""Spoils good documents and files, as hypothesis draws it."""

import copy

from hypothesis import strategies as st

HOSTILE = st.one_of(
    st.sampled_from([None, True, 0, -1, 1.5, 10**6, 2**63, 10**400, 1e308]),
    st.sampled_from([float("nan"), float("inf"), "", "\x00", "a\x1b[2J", "\ud800", "9" * 500]),
    st.sampled_from(["../../outside.png", "/etc/passwd", "C:\\x.png", "train/../a.png"]),
    st.sampled_from([[], {}, [[]], [None], [[1, 2]], [1e308] * 6, {"size": [8, 8], "counts": "~"}]),
)


def _places(node, path=()):
    """The way to every value in a JSON document."""
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in entries:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from _places(value, (*path, key))


def mutate_document(data, document):
    """A copy of a JSON document in which a few values are hostile, or gone."""
    document = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(list(_places(document))))
        node = document
        for key in way:
            node = node[key]
        if data.draw(st.booleans()):
            node[last] = copy.deepcopy(data.draw(HOSTILE))
        elif len(document) > 1 or way:
            del node[last]
    return document


def mutate_bytes(data, content):
    """A copy of a file's bytes that is cut off, or has a few other bytes."""
    content = bytearray(content)
    if content and data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    for _ in range(data.draw(st.integers(0, 4)) if content else 0):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    return bytes(content)
