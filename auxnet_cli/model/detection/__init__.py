"""Ways to detect, each a head: the settings of each choose it. Decoding imports no Keras."""

from auxnet_cli.model.detection.anchor_detector import AnchorDetector
from auxnet_cli.model.heads.head import Head
from auxnet_cli.settings import AnchorSettings
from auxnet_cli.settings.section import Section

DETECTORS: dict[type[Section], type[Head]] = {AnchorSettings: AnchorDetector}
"""The type of a detector's settings → the detector."""


def open_detector(
    classes: int, exclusive: bool, size: tuple[int, int], settings: Section, mask_stride: int
) -> Head:
    """Returns the detector of some settings, which are of one of ``DETECTORS``.

    Raises:
        InputError: the settings ask too much of an input of this size.
    """
    return DETECTORS[type(settings)](classes, exclusive, size, settings, mask_stride)
