"""Brings the settings that an earlier version stored with a run to those of this version."""

from auxnet_cli.settings.layer import Layer

_REMOVED = {
    "model.separable": False,
    "loss.balance": "fixed",
    "distillation.teacher": "",
    "distillation.weight": 1.0,
}
"""Settings of earlier versions, and the values at which a stored run may still hold them."""

_ADDED = {"model.anchors.assign": "iou", "loss.boxes": "smooth-l1", "loss.box_scores": "focal"}
"""Settings that runs of earlier versions lack, and what these versions did."""


def update_settings(document: Layer) -> None:
    """Drops the settings that no longer exist, and adds those that the writing version lacked.

    A removed setting is dropped only where it stands at its default: any other value meant
    something that this version cannot do, and is left for the check of the keys to refuse.
    """
    _drop_removed(document)
    _fill_added(document)


def _drop_removed(document: Layer) -> None:
    """Drops the settings that no longer exist and stand at their defaults."""
    for name, default in _REMOVED.items():
        group, _, key = name.partition(".")
        section = document.get(group)
        if isinstance(section, dict) and section.get(key) == default:
            del section[key]
            if not section:
                del document[group]


def _fill_added(document: Layer) -> None:
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
