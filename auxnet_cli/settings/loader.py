"""Loads the settings in layers; a later layer overrides an earlier one.

``defaults/<preset>.yaml`` → ``defaults/networks/<model.name>.yaml`` → ``./auxnet.yaml`` →
``--config FILE`` → ``--set a.b=c``
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from reprlib import Repr
from typing import Any

from pydantic import ValidationError

from auxnet_cli.errors import InputError, nearest
from auxnet_cli.settings import Settings, walk
from auxnet_cli.settings.registry import NETWORKS
from auxnet_cli.system.untrusted import parse_yaml, read_yaml

_LARGEST = 2**20
"""Most bytes of a settings file: a thousand times the size of all settings."""

_REMOVED = {
    "model.separable": False,
    "loss.balance": "fixed",
    "distillation.teacher": "",
    "distillation.weight": 1.0,
}
"""Settings of earlier versions, and the values at which a stored run may still hold them."""

_ADDED = {"model.anchors.assign": "iou", "loss.boxes": "smooth-l1", "loss.box_scores": "focal"}
"""Settings that runs of earlier versions lack, and what these versions did."""

_SHORT = Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother = 3, 100, 100


def preset_folder() -> Path:
    """Returns the folder of the presets: in an installed package, or beside it in a checkout."""
    here = Path(__file__).parents[1]
    installed = here / "defaults"
    return installed if installed.is_dir() else here.parent / "defaults"


def presets() -> list[str]:
    """Returns the names of the presets."""
    return sorted(path.stem for path in preset_folder().glob("*.yaml"))


def preset_for(kind: str) -> str:
    """Returns the preset for a kind of data set: its namesake, demo for synthetic, else swift."""
    if kind == "synthetic":
        return "demo"
    return kind if kind in presets() else "swift"


def load_settings(
    preset: str = "severstal",
    config: Path | None = None,
    overrides: Sequence[str] = (),
    workspace: Path | None = None,
) -> Settings:
    """Merges the layers and checks the result.

    The overrides are ``KEY=VALUE`` with a dotted key and a YAML value. ``auxnet.yaml`` lies in the
    workspace, the current folder if not given.

    Raises:
        InputError: an unknown preset or key, a wrong type or value, an unreadable file.
    """
    if preset not in presets():
        raise InputError(
            f"There is no preset '{preset}'.{nearest(preset, presets())} "
            f"Presets: {', '.join(presets())}."
        )
    layers = [(f"preset {preset}", _read_yaml(preset_folder() / f"{preset}.yaml"))]
    workspace_file = (workspace or Path()) / "auxnet.yaml"
    if workspace_file.is_file():
        layers.append((str(workspace_file), _read_yaml(workspace_file)))
    if config is not None:
        layers.append((str(config), _read_yaml(config)))
    layers += [(f"`overrides` {text}", _parse_override(text)) for text in overrides]
    layers.insert(1, _network_layer(layers))
    merged: dict[str, Any] = {}
    culprit = ""
    for source, layer in layers:
        _check_keys(layer, source)
        _merge(merged, layer)
        # What one layer breaks, a later one may mend: some settings only fit together.
        culprit = "" if _is_valid(merged) else culprit or source
    return _validate(merged, culprit)


def _network_layer(layers: Sequence[tuple[str, dict[str, Any]]]) -> tuple[str, dict[str, Any]]:
    """Returns what the network that the layers name stands for, as a layer of its own."""
    name = Settings().model.name
    for _, layer in layers:
        model = layer.get("model")
        if isinstance(model, dict):
            name = model.get("name", name)
    if not isinstance(name, str) or name not in NETWORKS:
        return f"network {name}", {}  # the layer that names it is refused
    path = preset_folder() / "networks" / f"{name}.yaml"
    layer = _read_yaml(path) if path.exists() else {}
    tasks = NETWORKS[name].tasks
    return f"network {name}", layer if tasks is None else {"tasks": [*tasks], **layer}


def read_settings(path: Path) -> Settings:
    """Reads the settings of a run from its ``config.yaml``.

    Raises:
        InputError: the file is missing, unreadable or not valid.
    """
    document = _read_yaml(path)
    _drop_removed(document)
    _check_keys(document, str(path))
    _fill_added(document)
    return _validate(document, str(path))


def _drop_removed(document: dict[str, Any]) -> None:
    """Drops the settings that no longer exist and stand at their defaults."""
    for name, default in _REMOVED.items():
        group, _, key = name.partition(".")
        section = document.get(group)
        if isinstance(section, dict) and section.get(key) == default:
            del section[key]
            if not section:
                del document[group]


def _fill_added(document: dict[str, Any]) -> None:
    """Adds the settings that the version lacked that wrote the run."""
    for name, value in _ADDED.items():
        section = document
        *groups, key = name.split(".")
        for group in groups:
            section = section.setdefault(group, {})
            if not isinstance(section, dict):
                break
        else:
            section.setdefault(key, value)


def _read_yaml(path: Path) -> dict[str, Any]:
    if path.is_dir():
        raise InputError(f"{path} is a folder, not a settings file.")
    document = read_yaml(path, "settings file", _LARGEST)
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise InputError(f"{path}: settings must be names with values, such as `seed: 1`.")
    return document


def _parse_override(text: str) -> dict[str, Any]:
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
    result: dict[str, Any] = node
    return result


def _merge(base: dict[str, Any], layer: dict[str, Any]) -> None:
    for key, value in layer.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _merge(base[key], value)
        else:
            base[key] = dict(value) if isinstance(value, dict) else value


def _check_keys(layer: dict[str, Any], source: str) -> None:
    known = {name for name, *_ in walk(Settings())}
    groups = {".".join(name.split(".")[:end]) for name in known for end in (1, 2)} - known
    for name in _dotted(layer):
        if name not in known | groups:
            raise InputError(
                f"{source}: there is no setting '{name}'.{nearest(name, sorted(known))} "
                "`auxnet config` lists them all."
            )


def _dotted(layer: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """Yields the dotted names of all values of a layer."""
    for key, value in layer.items():
        if isinstance(value, dict) and value:
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def _is_valid(document: dict[str, Any]) -> bool:
    try:
        Settings.model_validate(document)
    except ValidationError:
        return False
    return True


def _validate(document: dict[str, Any], source: str) -> Settings:
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        parts = [str(part) for part in first["loc"] if not isinstance(part, int)]
        reason = first["msg"].removeprefix("Value error, ")
        given = "" if isinstance(first.get("input"), dict) else f" is {_SHORT.repr(first['input'])}"
        name = ".".join(parts) or "settings"
        raise InputError(f"{source}: {name}{given and f'{given}, but'}: {reason}.") from None
