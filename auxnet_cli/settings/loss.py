"""Settings of what is minimised."""

from typing import Literal

from pydantic import model_validator

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
    balance: Literal["fixed", "uncertainty"] = setting(
        "fixed",
        "How the heads are weighed against each other: by β, β1 and β2 as they are, or learned "
        "from there on (uncertainty weighting).",
    )
    focal_alpha: Fraction = setting(0.25, "Focal loss: weight of the positives.")
    focal_gamma: float = setting(4.0, "Focal loss: exponent that mutes easy anchors.", ge=0, le=100)
    classification_weight: float = setting(1.0, "β of eq. 6.", ge=0, le=1e6)
    segmentation_weight: float = setting(1.0, "β1 of eq. 6.", ge=0, le=1e6)
    detection_weight: float = setting(1.0, "β2 of eq. 6.", ge=0, le=1e6)

    @model_validator(mode="after")
    def _startable(self) -> "LossSettings":
        weights = (self.classification_weight, self.segmentation_weight, self.detection_weight)
        if self.balance == "uncertainty" and min(weights) == 0:
            raise ValueError(
                "balance=uncertainty starts from the weights of the heads, and none may be 0: "
                "leave a head out with tasks instead"
            )
        return self
