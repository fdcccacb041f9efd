"""Settings of the thresholds, from the network's output to the verdict."""

from typing import Literal

from auxnet_cli.settings.calibration import Calibration
from auxnet_cli.settings.section import Fraction, Section, VoterName, setting
from auxnet_cli.task import TASKS


class DecisionSettings(Section):
    """Thresholds, from the network's output to the verdict."""

    class_score: Fraction = setting(0.5, "Score from which a class is present.")
    mask_score: Fraction = setting(0.5, "Score from which a pixel is defective.")
    mask_area: Fraction = setting(
        0.0002, "Part of the image that a class's mask must cover to make it defective."
    )
    box_score: Fraction = setting(
        0.4, "Score from which a box is found; the focal losses keep scores well below 1."
    )
    novelty_score: Fraction = setting(
        0.5, "Novelty from which an image is new: .5 is reached by about 1 of 100 good images."
    )
    verdict: tuple[VoterName, ...] = setting(
        tuple(TASKS),
        "Heads that can make an image defective, each alone; of those built. With any among them, "
        "so do the masks of all classes together; with novelty, the memory of good parts.",
        min_length=1,
    )
    boxes: Literal["head", "masks", "fused"] = setting(
        "fused",
        "Where boxes come from: the detection head, the regions of the masks, or both; without a "
        "segmentation head always the detection head.",
    )
    mirrored: bool = setting(
        False,
        "Inspect each view mirrored left-right and top-bottom as well, and average scores and "
        "masks: a little better, for three times the work.",
    )
    box_floor: Fraction = setting(
        0.05, "Weaker boxes are dropped; average precision wants few dropped."
    )
    nms_iou: Fraction = setting(
        0.5,
        "Overlap above which the weaker of two boxes of a class goes; 0: any overlap.",
        "IoU",
    )
    max_boxes: int = setting(100, "Most boxes an image.", "boxes", ge=1, le=10_000)
    temperature: float = setting(
        1.0,
        "What the class scores' logits are divided by; `auxnet calibrate --temperature` fits it.",
        ge=0.01,
        le=100,
    )
    calibration: Calibration | None = setting(
        None,
        "The fused verdict, in place of the heads' own thresholds; `auxnet calibrate` writes it.",
    )
