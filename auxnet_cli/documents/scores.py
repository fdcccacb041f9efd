"""Describes the scores of a split, and defines each figure of the heads and the verdict.

Headline figures are unweighted means over the classes that have the figure, unless said otherwise.
"""

from typing import ClassVar, Literal

from pydantic import Field

from auxnet_cli.documents.section import Scored, Section

Figure = float | None
"""A number of a report; where it does not exist it is ``None``, and ``reasons`` says why."""


class PrecisionRecall(Section):
    """Precision, recall and F1 over the classes together."""

    precision: Figure
    recall: Figure
    f1: Figure


class ClassificationFigures(Scored):
    """Which classes are on the image, each class by itself: an image may show several.

    A class is predicted where its score reaches the threshold. TP, FP, FN and TN are images.
    """

    accuracy: Figure
    """(TP + TN) / all."""
    precision: Figure
    """TP / (TP + FP); ``None`` where no image was predicted as the class."""
    recall: Figure
    """TP / (TP + FN); ``None`` where no image shows the class."""
    f1: Figure
    """2 TP / (2 TP + FP + FN); ``None`` where the class is neither shown nor predicted."""
    average_precision: Figure
    """Area under the precision-recall curve as steps: Σ (Rₙ − Rₙ₋₁) Pₙ, no interpolation."""
    roc_auc: Figure
    """Area under the ROC curve; ``None`` also where every image shows the class."""


class ClassClassification(ClassificationFigures):
    """The classification figures of one class."""

    support: int
    """Images that show the class: TP + FN."""


class ExclusiveConfusion(Section):
    """The confusion matrix of classes that exclude one another."""

    kind: Literal["exclusive"]
    labels: list[str]
    """``good`` and the classes."""
    counts: list[list[int]]
    """Images: a row for each true label, a column for each predicted one, which is the class with
    the highest score of those that reach the threshold, or ``good``."""


class MultiLabelConfusion(Section):
    """A confusion matrix for each class by itself."""

    kind: Literal["multi-label"]
    per_class: dict[str, list[list[int]]]
    """[[TN, FP], [FN, TP]] images."""


class ClassificationScores(ClassificationFigures):
    """The class scores of a split."""

    at_the_end: ClassVar = ("reasons", "ci95", "confusion")

    precision_classes: int
    """Classes in the mean of the precision: those that were predicted at all."""
    macro: PrecisionRecall
    """The unweighted means over the classes, as in the headline figures."""
    micro: PrecisionRecall
    """From the sums of TP, FP and FN over the classes: common classes weigh more."""
    per_class: dict[str, ClassClassification]
    confusion: ExclusiveConfusion | MultiLabelConfusion | None = None


class ClassSegmentation(Scored):
    """The masks of one class; T and P are its pixels in the truth and in the prediction."""

    iou: Figure
    """Σ|T and P| / Σ|T or P| over all images, so that false pixels on good images count."""
    dice: Figure
    """2 Σ|T and P| / (Σ|T| + Σ|P|), likewise; both are ``None`` where no image shows the class."""
    images: int
    """Images that show the class."""
    detected_rate: Figure
    """Part of the images with the class on which P overlaps T by one pixel or more."""
    dice_when_detected: Figure
    """Mean Dice of the images on which the class is so detected."""
    quiet_rate: Figure
    """Part of the images without the class on which P is empty."""


class SegmentationScores(Scored):
    """The masks of a split, at the images' original size."""

    iou: Figure
    dice: Figure
    dice_per_image: Figure
    """Mean over images of the mean Dice over the classes in truth or prediction; images with
    nothing in either are skipped."""
    dice_kaggle: Figure
    """Mean Dice over all (image, class) pairs, 1 where both are empty: Severstal's metric. It is
    high for a model that finds nothing, so it is to be read beside ``detected_rate``."""
    iou_defective: Figure
    """Mean over defective images of Σ|T and P| / Σ|T or P|, summed over the classes. An image that
    was passed as good counts 0, since nobody looks at its mask. Dong et al., arXiv 2510.13226,
    argue for such figures; the formula is ours."""
    recall_defective: Figure
    """Σ|T and P| / Σ|T| in the same way."""
    per_class: dict[str, ClassSegmentation]


class ClassDetection(Scored):
    """The boxes of one class, weak ones too; the figures are ``None`` where it has no true box."""

    ap: Figure
    """COCO's average precision (101 recall points), mean over the IoUs .50, .55 ... .95. The 100
    strongest boxes of a class count on each image."""
    ap50: Figure
    """The average precision at an IoU of .50."""
    found_rate: Figure
    """Part of the defects that a confident box of their class overlaps with an IoU of at least
    0.1: what the verdict and the overlays show."""
    support: int
    """True boxes."""


class DetectionScores(Scored):
    """The boxes of a split, at the images' original size. Boxes on good images lower precision."""

    map: Figure
    """Mean of ``ap`` over the classes that have true boxes."""
    map50: Figure
    map75: Figure
    map_small: Figure = None
    """``map`` over defects of up to 32² pixels of mask, or of box where there is no mask."""
    map_medium: Figure = None
    """``map`` over defects of 32² to 96² pixels."""
    map_large: Figure = None
    """``map`` over defects of 96² pixels and more."""
    recall_100: Figure
    """Part of the defects matched by the 100 boxes, mean over IoUs and classes: COCO's AR100."""
    per_class: dict[str, ClassDetection]


class ScreeningScores(Scored):
    """The verdicts of a split."""

    escape_rate: Figure
    """Part of the defective images that were passed as good."""
    false_alarm_rate: Figure
    """Part of the good images that were stopped."""
    threshold_rule: str
    """The rule of the verdicts, in words."""
    escapes: int
    defective: int
    false_alarms: int
    good: int
    cost: Figure
    """(cost_escape · escapes + cost_false_alarm · false alarms) / images: the mean cost of an image
    where defects are as frequent as in this split."""
    cost_escape: float
    cost_false_alarm: float


class ClassNovelty(Scored):
    """How well the novelty tells images of one class from good ones."""

    auroc: Figure
    images: int
    """Images that show the class."""


class NoveltyScores(Scored):
    """The novelty of a split, by itself and not as part of the verdict."""

    auroc: Figure
    """Area under the ROC curve of defective images against good ones: the chance that a defective
    image is newer than a good one."""
    per_class: dict[str, ClassNovelty]


class MetricSection(Scored):
    """The section of a registered metric that this module does not declare."""

    at_the_end: ClassVar = ("per_class", "reasons", "ci95")

    per_class: dict[str, Scored] = Field(default_factory=dict)


class Scores(Section):
    """The scores of a split, a section each; a head that the model lacks has none."""

    __pydantic_extra__: dict[str, MetricSection | None]

    images: int
    defective: int
    good: int
    classification: ClassificationScores | None
    segmentation: SegmentationScores | None
    detection: DetectionScores | None
    screening: ScreeningScores
    novelty: NoveltyScores | None = None


class SplitScores(Scores):
    """The scores of a split, and the images that could not be read, which are in no figure."""

    at_the_end: ClassVar = ("reasons", "unreadable")

    unreadable: list[str]
