"""Defines the studies behind the paper's tables: their arms, the paper's figures, its claims."""

from collections.abc import Mapping

from auxnet_cli.studies.claims import Claim
from auxnet_cli.studies.paper_study import ATTENTION, LOSS, PaperArm, PaperStudy
from auxnet_cli.task import TASKS

ALL = ",".join(TASKS)
OURS = "Defect-Aux-Net"

ACCURACY, F1 = "classification.accuracy", "classification.f1"
IOU, DICE = "segmentation.iou", "segmentation.dice"
MAP, MAP50 = "detection.map", "detection.map50"


def _loss(kind: str, iou: float, dice: float) -> PaperArm:
    setting = f"loss.segmentation={kind}"
    return PaperArm(
        ALL, settings=() if setting == LOSS else (setting,), paper={IOU: iou, DICE: dice}
    )


def _segmentation(network: str, iou: float, dice: float) -> PaperArm:
    return PaperArm("seg", network, (ATTENTION, LOSS), paper={IOU: iou, DICE: dice})


def _attention(kind: str, accuracy: float) -> PaperArm:
    setting = f"model.attention={kind}"
    settings = () if setting == ATTENTION else (setting,)
    return PaperArm(ALL, settings=settings, paper={ACCURACY: accuracy})


def _classifier(network: str, encoder: str, f1: float, accuracy: float) -> PaperArm:
    return PaperArm("cls", network, (), encoder, {F1: f1, ACCURACY: accuracy})


def _claims(
    arms: Mapping[str, PaperArm], metric: str, margin: float, fractions: tuple[float, ...] = (1.0,)
) -> tuple[Claim, ...]:
    """Returns the claims that the first arm is better than each other one."""
    first, *others = arms

    def paper(other: str) -> float | None:
        ours, theirs = (arms[name].paper.get(metric) for name in (first, other))
        return None if ours is None or theirs is None else round(ours - theirs, 4)

    return tuple(
        Claim(first, other, metric, margin, paper(other) if fraction == 1 else None, fraction)
        for fraction in fractions
        for other in others
    )


_LOSSES = {
    "Dice": _loss("dice", 0.903, 0.926),
    "BCE": _loss("bce", 0.892, 0.911),
    "Jaccard": _loss("jaccard", 0.900, 0.913),
    "Dice + BCE": _loss("dice+bce", 0.901, 0.920),
    "Jaccard + BCE": _loss("jaccard+bce", 0.899, 0.912),
}
_SEGMENTATION = {
    OURS: PaperArm(ALL, paper={IOU: 0.903, DICE: 0.926}),
    "FPN": _segmentation("fpn", 0.881, 0.902),
    "LinkNet": _segmentation("linknet", 0.876, 0.895),
    "U-Net": _segmentation("unet", 0.832, 0.856),
    "PSPNet": _segmentation("pspnet", 0.885, 0.917),
}
_CLASSIFICATION = {
    OURS: PaperArm(ALL, published="resnet50", paper={F1: 0.912, ACCURACY: 0.971}),
    "ResNet-50": _classifier("resnet50", "resnet50", 0.855, 0.949),
    "SE-ResNet-50": _classifier("se-resnet50", "resnet50", 0.878, 0.955),
    "EfficientNet-B0": _classifier("efficientnet-b0", "efficientnetb0", 0.892, 0.958),
}
_ATTENTION = {
    "SE + spatial": _attention("se+spatial", 0.971),
    "none": _attention("none", 0.962),
    "SE": _attention("se", 0.968),
    "spatial": _attention("spatial", 0.963),
}
_SIZES = {
    OURS: PaperArm(ALL, paper={ACCURACY: 0.971}),
    "classifier alone": PaperArm("cls", "resnet50", paper={ACCURACY: 0.949}),
}
_DETECTION = {
    OURS: PaperArm(ALL, paper={MAP: 0.762}),
    # 17.95, 43.77 and 26.03 % below.
    "RetinaNet": PaperArm("det", "retinanet", paper={MAP: 0.646}),
    "SSD": PaperArm("det", "ssd300", paper={MAP: 0.530}),
    "Cascade R-CNN": PaperArm("det", "cascade-rcnn", paper={MAP: 0.605}),
}
FRACTIONS = (1.0, 0.9, 0.75, 0.5)

PAPER_STUDIES = {
    "losses": PaperStudy(
        "Table I: the loss of the masks", _LOSSES, (IOU, DICE), _claims(_LOSSES, DICE, 0.005)
    ),
    "segmentation": PaperStudy(
        "Table II, figures 8 and 9: segmentation, all on one encoder",
        _SEGMENTATION,
        (IOU, DICE),
        _claims(_SEGMENTATION, DICE, 0.005),
    ),
    "classification": PaperStudy(
        "Table III: classification",
        _CLASSIFICATION,
        (ACCURACY, F1),
        _claims(_CLASSIFICATION, ACCURACY, 0.005),
    ),
    "attention": PaperStudy(
        "Table IV: attention", _ATTENTION, (ACCURACY,), _claims(_ATTENTION, ACCURACY, 0.002)
    ),
    "training-size": PaperStudy(
        "Figure 10: fewer training images",
        _SIZES,
        (ACCURACY, F1),
        _claims(_SIZES, ACCURACY, 0.005, FRACTIONS),
        FRACTIONS,
    ),
    "detection": PaperStudy(
        "Figure 11: detection", _DETECTION, (MAP, MAP50), _claims(_DETECTION, MAP, 0.02)
    ),
}
"""The studies that train networks, by name."""

LATENCY = "latency"
NAMES = (*PAPER_STUDIES, LATENCY)
"""All studies of the paper; the last trains nothing."""
