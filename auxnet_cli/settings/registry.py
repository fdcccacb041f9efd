"""Lists the encoders, networks and detectors that settings choose by name.

Settings are checked without importing Keras, so an entry names the object that defines its part.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any

from pydantic import BeforeValidator
from pydantic_core import PydanticKnownError


@dataclass(frozen=True)
class Entry:
    """A part of the model: its name in tables, and what defines it, as ``module:name``."""

    title: str
    definition: str

    def load(self) -> Any:
        """Imports the definition."""
        return resolve_name(self.definition)


ENCODERS = {
    "resnet18": Entry("ResNet-18", "auxnet_cli.model.encoders.resnet:RESNET18"),
    "resnet50": Entry("ResNet-50", "auxnet_cli.model.encoders.resnet:RESNET50"),
    "efficientnetb0": Entry(
        "EfficientNet-B0", "auxnet_cli.model.encoders.efficientnet:EFFICIENTNETB0"
    ),
    **{
        f"efficientnet-lite{number}": Entry(
            f"EfficientNet-Lite{number}",
            f"auxnet_cli.model.encoders.efficientnet_lite:EFFICIENTNET_LITE{number}",
        )
        for number in (0, 1, 2)
    },
}
"""``model.encoder``: each defines an :class:`auxnet_cli.model.encoders.encoder.Encoder`."""

NETWORKS = {
    "defect-aux-net": Entry(
        "Defect-Aux-Net", "auxnet_cli.model.networks.defect_aux_net:DEFECT_AUX_NET"
    ),
}
"""``model.name``: each defines an :class:`auxnet_cli.model.networks.network.Network`."""


DETECTORS = {
    "anchors": Entry("Anchors", "auxnet_cli.model.detection.anchor_detector:AnchorDetector"),
}
"""``model.detector``: each opens the :class:`auxnet_cli.model.heads.head.Head` that detects."""


def registered(registry: Mapping[str, object], *others: str) -> BeforeValidator:
    """Returns a check that a value names an entry of ``registry``, or is one of ``others``."""

    def check(name: Any) -> Any:
        known = (*registry, *others)
        if not isinstance(name, str) or name not in known:
            *names, last = (f"'{each}'" for each in known)
            expected = f"{', '.join(names)} or {last}" if names else last
            raise PydanticKnownError("literal_error", {"expected": expected})
        return name

    return BeforeValidator(check)
