"""Ways to mark pixels, each a head that ``model.segmenter`` names. Decoding imports no Keras."""

from auxnet_cli.model.heads.head import Head, HeadPlan
from auxnet_cli.settings.registry import SEGMENTERS


def open_segmenter(plan: HeadPlan) -> Head:
    """Returns the head of the segmenter that the plan's settings name."""
    segmenter: Head = SEGMENTERS[plan.settings.segmenter].load()(plan)
    return segmenter
