"""Explains what the figures of an evaluation report mean, and why some of them are absent."""

from auxnet_cli.reports.table import Document

GENERAL = (
    "All figures are taken at the images' original size. Means over classes are unweighted and "
    "skip a class that lacks the figure."
)

_DEFINITIONS = {
    "screening": (
        "**Escape**: part of the defective images that were passed as good. **False alarm**: part "
        "of the good images that were stopped.",
        "**95 % interval**: were the same model judged on many other sets of as many parts, about "
        "95 of 100 such intervals would hold its true figure.",
    ),
    "classification": (
        "**Accuracy, precision, recall, F1**: each class by itself over the images; a class is "
        "predicted where its score reaches the threshold.",
        "**Average precision (AP)**: area under the precision-recall curve over all thresholds.",
        "**ROC AUC**: area under the curve of recall over false alarms; the chance that an image "
        "with the class scores higher than one without.",
        "**Confusion matrix**: images by what they show and what they are called.",
    ),
    "segmentation": (
        "**IoU, Dice**: over all pixels of the split together, so false alarms on good images "
        "count.",
        "**Dice per image**: mean over the images of their mean Dice over the classes that are "
        "present in truth or answer.",
        "**Dice, Kaggle**: mean over all pairs of image and class, 1 where both truth and answer "
        "are empty. An answer that finds nothing scores high: read it beside *Detected*.",
        "**Detected**: part of the images with the class on which the answer touches the defect. "
        "**Dice when detected**: mean Dice of those images. **Quiet**: part of the images without "
        "the class on which nothing of it is found.",
        "**IoU and pixel recall, defective images**: over the images that show a defect only "
        "(arXiv 2510.13226).",
    ),
    "detection": (
        "**mAP**: COCO's mean average precision of the boxes over the IoUs .50 to .95; **mAP50** "
        "and **mAP75** at one IoU. Good images count.",
        "**Small, medium, large**: defects of up to 32² pixels, up to 96², and larger, by the area "
        "of their true mask, or of their box where there is none. **Recall of 100 boxes**: part of "
        "the true boxes met by the 100 strongest of the class on their image, mean over the IoUs.",
        "**Found**: part of the defects that a confident box of their class overlaps (IoU of at "
        "least 0.1). AP counts weaker boxes, too, which the verdict ignores.",
    ),
    "novelty": (
        "**Novelty**: how far an image is from all that good training parts showed. **AUROC**: the "
        "chance that a defective image is newer than a good one.",
    ),
    "detectability": (
        "**Probability of detection**: logistic fit of found or missed on the logarithm of the "
        "defect's size, after MIL-HDBK-1823A. **a50, a90**: sizes found with probability 0.5 and "
        "0.9. **a90/95**: the size of which one can be 95 % confident that it is found with "
        "probability 0.9.",
        "**At least**: lower 95 % bound of the part found, whatever the size. "
        "**Length**: longer side of the smallest rectangle around the defect.",
    ),
    "agreement": ("**Contradiction**: one head calls a class on an image and another does not.",),
    "reliability": (
        "**Expected calibration error**: mean distance of the class scores from the part of them "
        "that was right, in steps of the score.",
    ),
}


# Keys of a report below which the keys are names, for example those of classes.
_GROUPINGS = ("per_class", "heads")


def definitions(report: Document) -> list[str]:
    """Returns the terms of a report's sections, with **emphasis** as in Markdown."""
    return [
        term for section, terms in _DEFINITIONS.items() if report.get(section) for term in terms
    ]


def reasons(document: Document, path: str = "") -> list[str]:
    """Collects why figures are absent, as ``path: reason``, from every ``reasons`` of a report.

    Figures of one section that are absent for the same reason share a line.
    """
    names_by_reason: dict[str, list[str]] = {}
    for name, reason in document.get("reasons", {}).items():
        names_by_reason.setdefault(reason, []).append(name)
    lines = [f"{path}{', '.join(names)}: {reason}" for reason, names in names_by_reason.items()]
    for key, section in document.items():
        if not isinstance(section, dict) or key == "reasons":
            continue
        # A class may be called "reasons": the keys of a grouping are names.
        parts = section if key in _GROUPINGS else {key: section}
        for name, part in parts.items():
            if isinstance(part, dict):
                lines += reasons(part, f"{path}{name}, ")
    return lines
