"""Every setting, its type, default, unit and help."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from auxnet_cli.calibration import Calibration
from auxnet_cli.inspection import TASKS

Task = Literal["cls", "seg", "det"]
Fraction = Annotated[float, Field(ge=0, le=1)]
Size = tuple[Annotated[int, Field(ge=32)], Annotated[int, Field(ge=32)]]


def setting(default: Any, help_: str, unit: str = "", **limits: Any) -> Any:
    """A field with the help and the unit that ``auxnet config`` prints."""
    return Field(default, description=help_, json_schema_extra={"unit": unit}, **limits)


class Section(BaseModel):
    """A group of settings: no unknown keys, no silent change of type, defaults checked too."""

    model_config = ConfigDict(
        extra="forbid", validate_default=True, frozen=True, allow_inf_nan=False
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_switch_for_number(cls, value: Any, info: ValidationInfo) -> Any:
        """YAML reads yes, no, on and off as booleans, and Python takes those for 1 and 0."""
        kind = cls.model_fields[info.field_name or ""].annotation
        if isinstance(value, bool) and kind in (int, float):
            raise ValueError("a number is wanted, not yes or no")
        return value


class DataSettings(Section):
    """The data set and how images reach the network."""

    size: Size = setting(
        (128, 800), "Network input, [height, width]; images are resized to it.", "px"
    )
    val: Fraction = setting(0.10, "Part of the images that `prepare` puts in the validation split.")
    test: Fraction = setting(0.20, "Part of the images that `prepare` puts in the test split.")
    cache: bool = setting(
        False,
        "Keep decoded images in the data set's folder `cache`: faster epochs for much disk "
        "(height × width × 3 bytes an image).",
    )
    workers: int = setting(2, "Threads that read and augment images.", "threads", ge=1)


class TileSettings(Section):
    """How large images are cut into tiles."""

    size: Size | None = setting(
        None,
        "Tile of the original image, [height, width], resized to data.size; none: whole images.",
        "px",
    )
    overlap: float = setting(
        0.2, "Least overlap of neighbouring tiles, as a part of a tile.", ge=0, le=0.9
    )
    per_image: int = setting(1, "Tiles drawn from each image in an epoch.", "tiles", ge=1)
    defective: Fraction = setting(
        0.75, "Part of a defective image's tiles that is drawn to show a defect."
    )


class AnchorSettings(Section):
    """The boxes that detection starts from."""

    levels: tuple[int, int] = setting(
        (3, 7), "Finest and coarsest pyramid level; stride is 2^level."
    )
    base: float = setting(4.0, "Side of the smallest anchor of a level.", "strides", gt=0)
    scales: tuple[float, ...] = setting(
        (1.0, 2 ** (1 / 3), 2 ** (2 / 3)), "Sizes on each level, times the base.", min_length=1
    )
    ratios: tuple[float, ...] = setting((0.5, 1.0, 2.0), "Height over width.", min_length=1)
    fit: bool = setting(
        False,
        "Choose levels, base, scales and ratios by the defects of the training split: those that "
        "match most of them at no more operations than those above.",
    )
    match: Fraction = setting(0.5, "IoU from which an anchor is assigned to a defect.", "IoU")
    ignore: Fraction = setting(0.4, "IoU from which an anchor is no background.", "IoU")

    @model_validator(mode="after")
    def _ordered(self) -> "AnchorSettings":
        if not 2 <= self.levels[0] <= self.levels[1] <= 7:
            raise ValueError("levels must be two of 2-7, the finer first")
        if self.ignore > self.match:
            raise ValueError("ignore must not be above match")
        return self


class ModelSettings(Section):
    """The network."""

    name: Literal["defect-aux-net"] = setting("defect-aux-net", "The architecture.")
    encoder: Literal["resnet18", "resnet50", "efficientnetb0", "repvgg"] = setting(
        "resnet50", "The bottom-up network."
    )
    encoder_width: float = setting(
        1.0, "Its channels, as a multiple of the published ones.", ge=0.125, le=4
    )
    weights: str = setting(
        "auto",
        "Encoder weights to start from: auto (ImageNet where they can be had), imagenet, none, or "
        "a file saved from keras.applications.",
    )
    attention: Literal["none", "se", "spatial", "se+spatial"] = setting(
        "se+spatial",
        "Attention in each residual block; of efficientnetb0 and repvgg, on each level.",
    )
    reduction: int = setting(16, "Squeeze-and-excitation's reduction ratio.", ge=1)
    spatial_kernel: int = setting(7, "Side of the spatial attention's convolution.", "px", ge=1)
    pyramid_width: int = setting(256, "Channels of every pyramid level.", "channels", ge=8)
    segmentation_width: int = setting(128, "Channels of the segmentation branch.", "channels", ge=8)
    detection_width: int = setting(256, "Channels of the detection subnets.", "channels", ge=8)
    detection_depth: int = setting(4, "Convolutions of each detection subnet.", ge=1)
    separable: bool = setting(
        False, "Whether the 3×3 convolutions of pyramid and heads are separable: cheaper."
    )
    anchors: AnchorSettings = AnchorSettings()


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
        "dice",
        "The segmentation loss: of the paper's Table I, or of the Tversky family for small and "
        "rare defects.",
    )
    tversky_misses: float = setting(
        0.7, "Tversky losses: weight of defective pixels that are not found.", gt=0
    )
    tversky_false_alarms: float = setting(
        0.3, "Tversky losses: weight of pixels that are falsely found.", gt=0
    )
    tversky_gamma: float = setting(4 / 3, "Focal-Tversky: γ in (1 − TI)^(1/γ).", gt=0, le=10)
    positive_weight: float = setting(
        1.0, "Weight of defective pixels in the cross-entropy of the masks (bce).", gt=0
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
    focal_gamma: float = setting(4.0, "Focal loss: exponent that mutes easy anchors.", ge=0)
    classification_weight: float = setting(1.0, "β of eq. 6.", ge=0)
    segmentation_weight: float = setting(1.0, "β1 of eq. 6.", ge=0)
    detection_weight: float = setting(1.0, "β2 of eq. 6.", ge=0)

    @model_validator(mode="after")
    def _startable(self) -> "LossSettings":
        weights = (self.classification_weight, self.segmentation_weight, self.detection_weight)
        if self.balance == "uncertainty" and min(weights) == 0:
            raise ValueError(
                "balance=uncertainty starts from the weights of the heads, and none may be 0: "
                "leave a head out with tasks instead"
            )
        return self


class AugmentationSettings(Section):
    """Random changes of the training images; each is drawn from ± the figure."""

    rotation: float = setting(5.0, "Rotation.", "degrees", ge=0, le=180)
    horizontal_flip: bool = setting(True, "Mirror left-right, half of the time.")
    vertical_flip: bool = setting(True, "Mirror top-bottom, half of the time.")
    zoom: float = setting(0.1, "Zoom in or out, as a part of 1.", ge=0, lt=1)
    shear: float = setting(5.0, "Shear.", "degrees", ge=0, lt=60)
    paste: Fraction = setting(
        1.0,
        "Balanced sampling: part of a rare class's missing images that is made by pasting its "
        "defects onto good images; the rest are repeats.",
    )
    exposure: float = setting(
        0.0, "Exposure: 0.5 makes the image up to 1.5 times brighter or darker.", ge=0
    )
    channel_shift: float = setting(20.0, "Brightness added to each channel.", "grey levels", ge=0)


class TrainingSettings(Section):
    """How the network learns."""

    epochs: int = setting(50, "Passes over the training split.", "epochs", ge=1)
    minutes: float | None = setting(
        None,
        "Time budget that takes the place of `epochs`, validation included; none: by epochs.",
        "minutes",
        gt=0,
    )
    patience: int = setting(
        0, "Epochs without a better score after which the training ends; 0: never.", "epochs", ge=0
    )
    batch_size: int = setting(
        8, "Images a step; halved by itself where memory runs out.", "images", ge=1
    )
    policy: Literal["one-cycle", "constant"] = setting(
        "one-cycle", "How learning rate and momentum go with the training."
    )
    learning_rate: float = setting(1e-3, "Peak of the one-cycle policy.", gt=0)
    find_lr: bool = setting(False, "Find the peak by a range test before the training.")
    warm_up: Fraction = setting(0.3, "Part of the steps in which the rate rises.")
    average: float = setting(
        0.99,
        "Momentum of the weights' moving average, which is what is validated and kept; 0: none.",
        ge=0,
        lt=1,
    )
    precision: Literal["float32", "bfloat16", "float16"] = setting(
        "float32", "What the network computes in while it learns; weights are kept in float32."
    )
    frozen_epochs: int = setting(
        0,
        "First epochs in which the encoder, but for its attention, stands still; for encoders that "
        "start from trained weights.",
        "epochs",
        ge=0,
    )
    clip_norm: float = setting(10.0, "Gradient norm from which gradients are scaled down.", gt=0)
    sampling: Literal["natural", "balanced"] = setting(
        "natural",
        "natural: each image once an epoch; balanced: each class equally often.",
    )
    good_share: Fraction = setting(
        0.4, "Balanced sampling: part of the images that are good parts, where there are any."
    )
    monitor: Literal["score", "loss"] = setting(
        "score",
        "What chooses the best model: the mean of the tasks' validation scores, or the training "
        "loss (always so without a validation split).",
    )
    validate_every: int = setting(1, "Epochs between validations; the last is always one.", ge=1)
    checkpoint_minutes: float = setting(
        10.0,
        "Time between states saved within an epoch; each epoch's end saves one.",
        "minutes",
        gt=0,
    )


class DistillationSettings(Section):
    """Learning from a trained network's answers, beside the labels."""

    teacher: str = setting("", "A run to learn from, such as runs/big; empty: none.")
    weight: float = setting(1.0, "Weight of the teacher beside the labels.", gt=0)


class PretrainingSettings(Section):
    """Learning from procedural defects first: `auxnet pretrain`."""

    images: int = setting(4000, "Images with procedural defects that are drawn.", "images", ge=20)
    epochs: int = setting(10, "Passes over them, in place of `training.epochs`.", "epochs", ge=1)


class DecisionSettings(Section):
    """From the network's output to findings."""

    class_score: Fraction = setting(0.5, "Score from which a class is present.")
    mask_score: Fraction = setting(0.5, "Score from which a pixel is defective.")
    mask_area: Fraction = setting(
        0.0002, "Part of the image that a class's mask must cover to make it defective."
    )
    box_score: Fraction = setting(
        0.4, "Score from which a box is found; the focal loss keeps scores well below 1."
    )
    verdict: tuple[Task, ...] = setting(
        TASKS, "Heads that can make an image defective, each alone; of those built.", min_length=1
    )
    box_floor: Fraction = setting(
        0.05, "Weaker boxes are dropped; average precision wants few dropped."
    )
    nms_iou: Fraction = setting(0.5, "Overlap at which the weaker of two boxes goes.", "IoU")
    max_boxes: int = setting(100, "Most boxes an image.", "boxes", ge=1)
    temperature: float = setting(
        1.0,
        "What the class scores' logits are divided by; `auxnet calibrate --temperature` fits it.",
        gt=0,
    )
    calibration: Calibration | None = setting(
        None,
        "The fused verdict, in place of the heads' own thresholds; `auxnet calibrate` writes it.",
    )


class Settings(Section):
    """Everything that can be set."""

    seed: int = setting(0, "Seed of weights, order and augmentation.", ge=0)
    tasks: tuple[Task, ...] = setting(
        TASKS, "Branches that are built: cls, seg, det.", min_length=1
    )
    data: DataSettings = DataSettings()
    tile: TileSettings = TileSettings()
    model: ModelSettings = ModelSettings()
    loss: LossSettings = LossSettings()
    augmentation: AugmentationSettings = AugmentationSettings()
    training: TrainingSettings = TrainingSettings()
    distillation: DistillationSettings = DistillationSettings()
    pretraining: PretrainingSettings = PretrainingSettings()
    decision: DecisionSettings = DecisionSettings()

    @field_validator("tasks")
    @classmethod
    def _in_order(cls, tasks: tuple[Task, ...]) -> tuple[Task, ...]:
        return tuple(task for task in TASKS if task in tasks)


def walk(settings: BaseModel, prefix: str = "") -> Iterator[tuple[str, Any, str, str]]:
    """Every setting as (dotted name, value, unit, help), in the order of declaration."""
    for name, info in type(settings).model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            yield from walk(value, f"{prefix}{name}.")
        else:
            extra = info.json_schema_extra
            unit = str(extra.get("unit", "")) if isinstance(extra, dict) else ""
            yield prefix + name, value, unit, info.description or ""
