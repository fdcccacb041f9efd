"""Lists the parts of a network that settings choose by name.

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


@dataclass(frozen=True)
class NetworkEntry(Entry):
    """A network.

    Attributes:
        tasks: those that it can be built for; ``None``: all.
    """

    tasks: tuple[str, ...] | None = None


@dataclass(frozen=True)
class SegmenterEntry(Entry):
    """A way to mark pixels.

    Attributes:
        strides: the values of ``model.mask_stride`` that it has.
        encoder_stride: pixels of the input between two places of C5; below 32 the last stages of
            the encoder are dilated in place of their strides (Yu and Koltun 2016).
    """

    strides: tuple[int, ...] = (1,)
    encoder_stride: int = 32


@dataclass(frozen=True)
class DetectorEntry(Entry):
    """A way to find boxes.

    Attributes:
        loss: what it minimises, for tables; empty where settings say so.
    """

    loss: str = ""


ENCODERS = {
    "resnet18": Entry("ResNet-18", "auxnet_cli.model.encoders.resnet:RESNET18"),
    "resnet50": Entry("ResNet-50", "auxnet_cli.model.encoders.resnet:RESNET50"),
    "vgg16": Entry("VGG-16", "auxnet_cli.model.encoders.vgg:VGG16"),
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

_PARTS = "auxnet_cli.model.networks.defect_aux_net:DEFECT_AUX_NET"

NETWORKS = {
    "defect-aux-net": NetworkEntry("Defect-Aux-Net", _PARTS),
    "resnet50": NetworkEntry("ResNet-50", _PARTS, ("cls",)),
    "se-resnet50": NetworkEntry("SE-ResNet-50", _PARTS, ("cls",)),
    "efficientnet-b0": NetworkEntry("EfficientNet-B0", _PARTS, ("cls",)),
    "fpn": NetworkEntry("FPN", _PARTS, ("seg",)),
    "unet": NetworkEntry("U-Net", _PARTS, ("seg",)),
    "linknet": NetworkEntry("LinkNet", _PARTS, ("seg",)),
    "pspnet": NetworkEntry("PSPNet", _PARTS, ("seg",)),
    "retinanet": NetworkEntry("RetinaNet", _PARTS, ("det",)),
    "ssd300": NetworkEntry("SSD300", _PARTS, ("det",)),
    "cascade-rcnn": NetworkEntry("Cascade R-CNN", _PARTS, ("det",)),
}
"""``model.name``: each defines an :class:`auxnet_cli.model.networks.network.Network`.

What else a name stands for, such as the encoder, is set by ``defaults/networks/<name>.yaml``.
"""

SEGMENTERS = {
    "fpn": SegmenterEntry(
        "FPN", "auxnet_cli.model.segmentation.panoptic_fpn:PanopticFpn", strides=(4, 2)
    ),
    "unet": SegmenterEntry("U-Net", "auxnet_cli.model.segmentation.unet:UNet"),
    "linknet": SegmenterEntry("LinkNet", "auxnet_cli.model.segmentation.linknet:LinkNet"),
    "pspnet": SegmenterEntry(
        "PSPNet",
        "auxnet_cli.model.segmentation.pspnet:PspNet",
        strides=(8,),
        encoder_stride=8,
    ),
}
"""``model.segmenter``: each opens the :class:`auxnet_cli.model.heads.head.Head` of the masks."""

DETECTORS = {
    "anchors": DetectorEntry(
        "Anchors", "auxnet_cli.model.detection.anchor_detector:AnchorDetector"
    ),
    "ssd": DetectorEntry(
        "SSD",
        "auxnet_cli.model.detection.ssd:Ssd",
        loss="softmax with the hardest background, smooth-l1",
    ),
    "cascade": DetectorEntry(
        "Cascade R-CNN",
        "auxnet_cli.model.detection.cascade:Cascade",
        loss="softmax with the hardest background in each stage, smooth-l1",
    ),
}
"""``model.detector``: each opens the :class:`auxnet_cli.model.heads.head.Head` of the boxes."""


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
