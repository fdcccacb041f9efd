"""Settings of the network."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from auxnet_cli.settings.registry import DETECTORS, ENCODERS, NETWORKS, SEGMENTERS, registered
from auxnet_cli.settings.section import Fraction, Section, setting

Factor = Annotated[float, Field(ge=0.001, le=1000)]


ASSIGNMENT = frozenset({"assign", "most", "part", "near"})
"""Settings of anchors that only a training needs."""


class AnchorSettings(Section):
    """The boxes that detection starts from."""

    levels: tuple[int, int] = setting(
        (3, 7), "Finest and coarsest pyramid level; stride is 2^level."
    )
    base: float = setting(
        4.0, "Side of the smallest anchor of a level.", "strides", ge=0.01, le=1000
    )
    scales: tuple[Factor, ...] = setting(
        (1.0, 2 ** (1 / 3), 2 ** (2 / 3)),
        "Sizes on each level, times the base.",
        min_length=1,
        max_length=16,
    )
    ratios: tuple[Factor, ...] = setting(
        (0.5, 1.0, 2.0), "Height over width.", min_length=1, max_length=16
    )
    fit: bool = setting(
        False,
        "Choose levels, base, scales and ratios by the defects of the training split: those that "
        "match most of them at no more operations than those above.",
    )
    assign: Literal["relative", "iou"] = setting(
        "relative",
        "Which anchors learn a defect: relative, its best few, however small their IoU; iou, those "
        "of an IoU of match or more. The best one always does.",
    )
    most: int = setting(9, "relative: anchors of a defect at most.", "anchors", ge=1, le=1000)
    part: Fraction = setting(
        0.7, "relative: from which part of the best anchor's IoU another learns the defect."
    )
    near: Fraction = setting(
        0.5, "relative: from which part of the best anchor's IoU another is no background."
    )
    match: Fraction = setting(
        0.5,
        "IoU from which an anchor matches a defect: iou assigns by it, the audit and fit count "
        "by it.",
        "IoU",
    )
    ignore: Fraction = setting(0.4, "IoU from which an anchor is no background.", "IoU")

    @model_validator(mode="after")
    def _ordered(self) -> "AnchorSettings":
        if not 2 <= self.levels[0] <= self.levels[1] <= 7:
            raise ValueError("levels must be two of 2-7, the finer first")
        if self.ignore > self.match:
            raise ValueError("ignore must not be above match")
        if self.near > self.part:
            raise ValueError("near must not be above part")
        return self


class MemorySettings(Section):
    """The memory of good parts, which is built after the training and needs no label."""

    vectors: int = setting(
        500,
        "Most features of good parts that are remembered; 0: no memory.",
        "vectors",
        ge=0,
        le=2000,
    )
    channels: int = setting(
        64, "Most channels of each of the two encoder levels compared.", "channels", ge=4, le=64
    )
    whole: bool = setting(
        False,
        "Compare whole images, too: for kinds that change the surface as a whole.",
    )


class ModelSettings(Section):
    """The network."""

    name: Annotated[str, registered(NETWORKS)] = setting("defect-aux-net", "The architecture.")
    encoder: Annotated[str, registered(ENCODERS)] = setting("resnet50", "The bottom-up network.")
    encoder_width: float = setting(
        1.0, "Its channels, as a multiple of the published ones.", ge=0.125, le=4
    )
    weights: str = setting(
        "auto",
        "Encoder weights to start from: auto (ImageNet where they can be had), imagenet, none, or "
        "a file saved from keras.applications.",
    )
    attention: Literal["none", "se", "spatial", "se+spatial"] = setting(
        "se+spatial", "Attention in each residual block; of EfficientNets, on each level."
    )
    reduction: int = setting(16, "Squeeze-and-excitation's reduction ratio.", ge=1, le=4096)
    spatial_kernel: int = setting(
        7, "Side of the spatial attention's convolution.", "px", ge=1, le=63
    )
    pyramid_width: int = setting(256, "Channels of every pyramid level.", "channels", ge=8, le=4096)
    segmentation_width: int = setting(
        128, "Channels of the segmentation branch.", "channels", ge=8, le=4096
    )
    segmenter: Annotated[str, registered(SEGMENTERS)] = setting(
        "fpn", "What marks pixels: the paper's branch on the pyramid, or another network's decoder."
    )
    mask_stride: Literal[1, 2, 4, 8] = setting(
        4,
        "Pixels of the input between two places where the network gives masks, which are then "
        "enlarged to its size: 4 or 2 for fpn, where 2 takes a skip from the encoder's finest "
        "level; 1 for unet and linknet; 8 for pspnet.",
        "px",
    )
    detector: Annotated[str, registered(DETECTORS)] = setting("anchors", "What detects.")
    detection_width: int = setting(
        256, "Channels of the detection subnets.", "channels", ge=8, le=4096
    )
    detection_depth: int = setting(4, "Convolutions of each detection subnet.", ge=1, le=64)
    anchors: AnchorSettings = AnchorSettings()
    memory: MemorySettings = MemorySettings()

    @property
    def encoder_stride(self) -> int:
        """Pixels of the input between two places of the encoder's coarsest level."""
        return SEGMENTERS[self.segmenter].encoder_stride

    @model_validator(mode="after")
    def _fitting(self) -> "ModelSettings":
        strides = SEGMENTERS[self.segmenter].strides
        if self.mask_stride not in strides:
            raise ValueError(
                f"with segmenter {self.segmenter} mask_stride is {' or '.join(map(str, strides))}"
            )
        if self.encoder_stride < 32 and self.memory.vectors:
            raise ValueError(f"with segmenter {self.segmenter} memory.vectors is 0")
        return self
