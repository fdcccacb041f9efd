"""Loads the settings in layers; a later layer overrides an earlier one.

``defaults/<preset>.yaml`` → ``defaults/networks/<model.name>.yaml`` → ``./auxnet.yaml`` →
``--config FILE`` → ``--set a.b=c``
"""

from collections.abc import Sequence
from pathlib import Path
from reprlib import Repr

from pydantic import ValidationError

from auxnet_cli.errors import InputError, nearest
from auxnet_cli.settings import Settings
from auxnet_cli.settings.earlier_versions import update_settings
from auxnet_cli.settings.layer import Layer, check_keys, merge, parse_override, read_layer
from auxnet_cli.settings.presets import preset_folder, presets
from auxnet_cli.settings.registry import NETWORKS

_SHORT = Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother = 3, 100, 100


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
    layers = [(f"preset {preset}", read_layer(preset_folder() / f"{preset}.yaml"))]
    workspace_file = (workspace or Path()) / "auxnet.yaml"
    if workspace_file.is_file():
        layers.append((str(workspace_file), read_layer(workspace_file)))
    if config is not None:
        layers.append((str(config), read_layer(config)))
    layers += [(f"`overrides` {text}", parse_override(text)) for text in overrides]
    layers.insert(1, _network_layer(layers))
    merged: Layer = {}
    culprit = ""
    for source, layer in layers:
        check_keys(layer, source)
        merge(merged, layer)
        # What one layer breaks, a later one may mend: some settings only fit together.
        culprit = "" if _is_valid(merged) else culprit or source
    return _validate(merged, culprit)


def _network_layer(layers: Sequence[tuple[str, Layer]]) -> tuple[str, Layer]:
    """Returns what the network that the layers name stands for, as a layer of its own."""
    name = Settings().model.name
    for _, layer in layers:
        model = layer.get("model")
        if isinstance(model, dict):
            name = model.get("name", name)
    if not isinstance(name, str) or name not in NETWORKS:
        return f"network {name}", {}  # the layer that names it is refused
    path = preset_folder() / "networks" / f"{name}.yaml"
    layer = read_layer(path) if path.exists() else {}
    tasks = NETWORKS[name].tasks
    return f"network {name}", layer if tasks is None else {"tasks": [*tasks], **layer}


def read_settings(path: Path) -> Settings:
    """Reads the settings of a run from its ``config.yaml``.

    Raises:
        InputError: the file is missing, unreadable or not valid.
    """
    document = read_layer(path)
    update_settings(document)
    check_keys(document, str(path))
    return _validate(document, str(path))


def _is_valid(document: Layer) -> bool:
    try:
        Settings.model_validate(document)
    except ValidationError:
        return False
    return True


def _validate(document: Layer, source: str) -> Settings:
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        parts = [str(part) for part in first["loc"] if not isinstance(part, int)]
        reason = first["msg"].removeprefix("Value error, ")
        given = "" if isinstance(first.get("input"), dict) else f" is {_SHORT.repr(first['input'])}"
        name = ".".join(parts) or "settings"
        raise InputError(f"{source}: {name}{given and f'{given}, but'}: {reason}.") from None
