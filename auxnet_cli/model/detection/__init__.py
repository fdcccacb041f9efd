"""Ways to detect: the settings of each choose it. Decoding imports no Keras."""

from auxnet_cli.model.detection.anchor_detector import AnchorDetector
from auxnet_cli.model.detection.detector import Detector
from auxnet_cli.settings import AnchorSettings
from auxnet_cli.settings.section import Section

DETECTORS: dict[type[Section], type[Detector]] = {AnchorSettings: AnchorDetector}
"""The type of a detector's settings → the detector."""


def open_detector(settings: Section, size: tuple[int, int]) -> Detector:
    """Returns the detector of some settings, for an input of (height, width) pixels.

    Raises:
        InputError: the settings ask too much of an input of this size.
    """
    return DETECTORS[type(settings)](settings, size)
