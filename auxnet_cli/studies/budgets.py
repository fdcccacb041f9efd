"""Defines how much the studies of the paper's tables spend on each training."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auxnet_cli.studies.arm import sets


@dataclass(frozen=True)
class Budget:
    """The size of the networks and the length of the trainings, alike for all arms of a study.

    Attributes:
        note: what it is for, in words.
        epochs: on all training images; as many steps on a part of them.
        validations: in each training.
        encoder: of all arms, where the study does not compare encoders.
        classifiers: the encoder that stands for a published one, where it does.
        options: of ``auxnet train``, alike for all arms.
        seeds: trainings of each arm, unless the user says how many.
        judges: whether a claim can be judged by such trainings.
    """

    note: str
    epochs: int
    validations: int
    encoder: str
    options: tuple[str, ...]
    classifiers: Mapping[str, str] = field(default_factory=dict)
    seeds: int = 1
    judges: bool = True

    def classifier(self, published: str) -> str:
        """Returns the encoder that stands for a published one."""
        return self.classifiers.get(published, published)


# What the paper has, and a recipe of ours would add.
_AS_IN_THE_PAPER = (
    "tile.size=null", "model.memory.vectors=0", "model.anchors.assign=iou", "loss.boxes=smooth-l1",
    "loss.box_scores=focal", "decision.boxes=head",
)  # fmt: skip


def _narrow(width: int, depth: int) -> tuple[str, ...]:
    """Returns the settings that make the branches of all networks narrow alike."""
    names = ("pyramid_width", "segmentation_width", "detection_width")
    return (*(f"model.{name}={width}" for name in names), f"model.detection_depth={depth}")


BUDGETS = {
    "paper": Budget(
        "as the paper trains: ResNet-50, 50 epochs in batches of 128",
        epochs=50,
        validations=10,
        encoder="resnet50",
        options=("--preset", "paper", *sets(*_AS_IN_THE_PAPER)),
    ),
    "plant": Budget(
        "a night on two cores: EfficientNet-Lite0 or ResNet-18, branches of 32 channels, 16 epochs",
        epochs=16,
        validations=4,
        encoder="efficientnet-lite0",
        classifiers={"resnet50": "resnet18"},
        options=(
            "--preset",
            "swift",
            *sets(*_AS_IN_THE_PAPER, "data.size=[192,192]", *_narrow(32, 2)),
        ),
    ),
    "quick": Budget(
        "minutes, to see that all works: a quarter of ResNet-18, 2 epochs",
        epochs=2,
        validations=1,
        judges=False,
        encoder="resnet18",
        classifiers={"resnet50": "resnet18"},
        options=(
            "--preset",
            "swift",
            *sets(
                *_AS_IN_THE_PAPER,
                "data.size=[96,192]",
                *_narrow(16, 1),
                "model.encoder_width=0.25",
                "model.weights=none",
            ),
        ),
    ),
}
"""The budgets by name."""
