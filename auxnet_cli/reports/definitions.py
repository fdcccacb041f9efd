"""What the figures of an evaluation report mean, for whoever reads the report."""

GENERAL = (
    "All figures are taken at the images' original size. Means over classes are unweighted and "
    "skip a class that lacks the figure."
)

DEFINITIONS = {
    "screening": (
        "**Escape**: part of the defective images that were passed as good. **False alarm**: part "
        "of the good images that were stopped.",
    ),
    "classification": (
        "**Accuracy, precision, recall, F1**: each class by itself over the images; a class is "
        "predicted where its score reaches the threshold.",
        "**Average precision (AP)**: area under the precision-recall curve over all thresholds.",
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
    ),
    "detection": (
        "**mAP**: COCO's mean average precision of the boxes over the IoUs .50 to .95; **mAP50** "
        "and **mAP75** at one IoU. Good images count.",
    ),
}
