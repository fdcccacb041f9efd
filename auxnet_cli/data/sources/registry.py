"""Registers the source formats: a new one is its module and an entry in ``FORMATS``."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from auxnet_cli.errors import InputError, nearest

if TYPE_CHECKING:
    from auxnet_cli.data.audit import Audit
    from auxnet_cli.data.sources.source import Request, Source


@dataclass(frozen=True)
class SourceFormat:
    """A source format.

    Attributes:
        module: has a function ``read(request, audit) -> Source``. It is imported when it is used,
            as the command line must not wait for OpenCV.
        allows_unlabelled: whether an image may be good without annotations, as the user chooses.
    """

    module: str
    allows_unlabelled: bool = False


FORMATS = {
    "severstal": SourceFormat("auxnet_cli.data.sources.severstal"),
    "tekerreka": SourceFormat("auxnet_cli.data.sources.tekerreka.reader", allows_unlabelled=True),
    "coco": SourceFormat("auxnet_cli.data.sources.coco.reader", allows_unlabelled=True),
    "voc": SourceFormat("auxnet_cli.data.sources.voc.reader", allows_unlabelled=True),
    "labelme": SourceFormat("auxnet_cli.data.sources.labelme.reader", allows_unlabelled=True),
    "yolo": SourceFormat("auxnet_cli.data.sources.yolo.reader", allows_unlabelled=True),
    "masks": SourceFormat("auxnet_cli.data.sources.masks.reader"),
    "synthetic": SourceFormat("auxnet_cli.data.sources.synthetic"),
}

POLICIES = ("skip", "good", "error")
"""What can become of images without annotations."""


def open_source(kind: str, request: "Request", audit: "Audit") -> "Source":
    """Opens a source of a format.

    Raises:
        InputError: there is no such format, or the source is missing or wrong.
    """
    if kind not in FORMATS:
        raise InputError(
            f"Cannot prepare '{kind}'.{nearest(kind, list(FORMATS))} "
            f"Kinds that can be read: {', '.join(FORMATS)}."
        )
    source: Source = import_module(FORMATS[kind].module).read(request, audit)
    return source


def check_policy(kind: str, policy: str) -> None:
    """Refuses a policy for unlabelled images that does not exist or does not suit the format.

    Raises:
        InputError: the policy is refused.
    """
    if policy not in POLICIES:
        raise InputError(
            f"unlabelled is '{policy}'.{nearest(policy, list(POLICIES))} "
            f"Take one of {', '.join(POLICIES)}."
        )
    able = [name for name, entry in FORMATS.items() if entry.allows_unlabelled]
    if policy != POLICIES[0] and kind not in able:
        raise InputError(
            f"`unlabelled` is for {', '.join(able)}: leave it out, since {kind} has a rule of "
            "its own for images without labels."
        )
