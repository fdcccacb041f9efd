"""Settings of the losses that a training minimises."""

from typing import Literal

from auxnet_cli.settings.section import Fraction, Section, setting


class LossSettings(Section):
    """What is minimised."""

    segmentation: Literal[
        "dice",
        "bce",
        "jaccard",
        "tversky",
        "focal-tversky",
        "dice+bce",
        "jaccard+bce",
        "tversky+bce",
        "focal-tversky+bce",
    ] = setting(
        "dice+bce",
        "The segmentation loss: of the paper's Table I (which prefers dice), or of the Tversky "
        "family for small and rare defects; a sum weighs both alike. Without bce a small batch "
        "unlearns no false alarm of a class that it lacks.",
    )
    tversky_misses: float = setting(
        0.7, "Tversky losses: weight of defective pixels that are not found.", gt=0, le=1e6
    )
    tversky_false_alarms: float = setting(
        0.3, "Tversky losses: weight of pixels that are falsely found.", gt=0, le=1e6
    )
    tversky_gamma: float = setting(4 / 3, "Focal-Tversky: γ in (1 − TI)^(1/γ).", gt=0, le=10)
    positive_weight: float = setting(
        1.0, "Weight of defective pixels in the cross-entropy of the masks (bce).", gt=0, le=1e6
    )
    class_weights: Literal["none", "balanced"] = setting(
        "none",
        "Weights of the classes in the classification and segmentation losses; balanced: the rarer "
        "in the training split, the heavier.",
    )
    boxes: Literal["giou", "smooth-l1"] = setting(
        "giou",
        "The box loss: generalised IoU of the boxes; or smooth-L1 of their offsets from the "
        "anchors, as in RetinaNet.",
    )
    box_scores: Literal["varifocal", "focal"] = setting(
        "varifocal",
        "The loss of the scores of boxes: varifocal, by which a score learns the IoU of its box "
        "with the defect; or focal, by which it learns 1, as in RetinaNet.",
    )
    focal_alpha: Fraction = setting(
        0.25,
        "Focal loss: weight of the positives; the negatives weigh 1 − α. Varifocal loss: of the "
        "negatives alone.",
    )
    focal_gamma: float = setting(
        2.0,
        "Exponent that mutes easy anchors; in the varifocal loss easy negatives alone.",
        ge=0,
        le=100,
    )
    classification_weight: float = setting(1.0, "β of eq. 6.", ge=0, le=1e6)
    segmentation_weight: float = setting(1.0, "β1 of eq. 6.", ge=0, le=1e6)
    detection_weight: float = setting(1.0, "β2 of eq. 6.", ge=0, le=1e6)
