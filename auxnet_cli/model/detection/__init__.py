"""Ways to detect, each a head that ``model.detector`` names. Decoding imports no Keras."""

from auxnet_cli.model.heads.head import Head, HeadPlan
from auxnet_cli.settings.registry import DETECTORS


def open_detector(plan: HeadPlan) -> Head:
    """Returns the head of the detector that the plan's settings name.

    Raises:
        InputError: the settings ask too much of an input of this size.
    """
    detector: Head = DETECTORS[plan.settings.detector].load()(plan)
    return detector
