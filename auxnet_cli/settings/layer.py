"""Reads, checks and merges single layers of settings."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from auxnet_cli.errors import InputError, nearest
from auxnet_cli.settings import Settings, walk
from auxnet_cli.system.untrusted import parse_yaml, read_yaml

Layer = dict[str, Any]
"""Settings by name, nested as in YAML, of which any may be left out."""

_LARGEST = 2**20
"""Most bytes of a settings file: a thousand times the size of all settings."""


def read_layer(path: Path) -> Layer:
    """Reads a settings file; an empty one holds none.

    Raises:
        InputError: it is missing, too large, no YAML, or holds anything but names with values.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder, not a settings file.")
    document = read_yaml(path, "settings file", _LARGEST)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise InputError(f"{path}: settings must be names with values, such as `seed: 1`.")
    return document


def parse_override(text: str) -> Layer:
    """Reads ``KEY=VALUE``, a dotted key and a YAML value.

    Raises:
        InputError: no key, no ``=``, or a value that is no YAML.
    """
    key, sign, value = text.partition("=")
    if not sign or not key.strip():
        raise InputError(f"`overrides` {text}: write it as KEY=VALUE, such as training.epochs=5.")
    node = parse_yaml(value, f"`overrides` {text}")
    # YAML 1.1 reads 1e-3 as text.
    if isinstance(node, str):
        with suppress(ValueError):
            node = float(node)
    for part in reversed(key.strip().split(".")):
        node = {part: node}
    result: Layer = node
    return result


def merge(base: Layer, layer: Layer) -> None:
    """Sets in ``base`` what the layer sets; lists are replaced whole."""
    for key, value in layer.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            merge(base[key], value)
        else:
            base[key] = dict(value) if isinstance(value, dict) else value


def check_keys(layer: Layer, source: str) -> None:
    """Refuses names that no setting has.

    Args:
        layer: the settings to check.
        source: where they come from, for the message.

    Raises:
        InputError: an unknown name, with the nearest known one.
    """
    known = {name for name, *_ in walk(Settings())}
    groups = {".".join(name.split(".")[:end]) for name in known for end in (1, 2)} - known
    for name in _dotted(layer):
        if name not in known | groups:
            raise InputError(
                f"{source}: there is no setting '{name}'.{nearest(name, sorted(known))} "
                "`auxnet config` lists them all."
            )


def _dotted(layer: Layer, prefix: str = "") -> Iterator[str]:
    """Yields the dotted names of all values of a layer."""
    for key, value in layer.items():
        if isinstance(value, dict) and value:
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"
