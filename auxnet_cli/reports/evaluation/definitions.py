"""What the figures of an evaluation report mean, for whoever reads the report."""

from auxnet_cli.reports.table import Report

GENERAL = (
    "All figures are taken at the images' original size. Means over classes are unweighted and "
    "skip a class that lacks the figure."
)

DEFINITIONS = {
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


def definitions(report: Report) -> list[str]:
    """The terms, with **emphasis** as in Markdown, of those sections that a report has."""
    return [term for section, lines in DEFINITIONS.items() if report[section] for term in lines]
