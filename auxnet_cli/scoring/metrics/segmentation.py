"""Which pixels are defective: IoU and Dice, and whether defects are detected at all."""

import numpy as np

from auxnet_cli.documents.section import Entries, Missing
from auxnet_cli.scoring.evidence import EvaluatedSplit, Flags, Floats, Ints
from auxnet_cli.scoring.figure import Figure, mean, ratio
from auxnet_cli.scoring.metrics.metric import Key, Metric, Rate


class Segmentation(Metric):
    """Scores pixel counts; :mod:`auxnet_cli.documents.scores` defines the figures.

    An image without masks, or whose defects have boxes only, counts nowhere.
    """

    task = "seg"
    headlines = (
        *("iou", "dice", "dice_per_image", "dice_kaggle"),
        *("iou_defective", "recall_defective"),
    )
    per_class = ("iou", "dice", "detected_rate", "dice_when_detected", "quiet_rate")

    def __init__(self, split: EvaluatedSplit) -> None:
        super().__init__(split)
        evidence = [image for image in split.evidence if image.pixels is not None]
        self._scored = np.array([image.pixels is not None for image in split.evidence], bool)
        counts = np.array([image.pixels for image in evidence], np.int64)
        self._counts = counts.reshape(-1, 3 * len(self.classes))
        common, true, predicted = counts.reshape(-1, 3, len(self.classes)).transpose(1, 0, 2)
        present = (true + predicted) > 0
        self._dice = np.where(present, 2 * common / np.maximum(1, true + predicted), 1.0)
        self._shows, self._detected = true > 0, common > 0
        self._quiet = ~self._shows & (predicted == 0)
        self._present = present.any(axis=1)
        self._of_image = _part((self._dice * present).sum(axis=1), present.sum(axis=1))
        self._defective = np.array([image.defective for image in evidence], bool)
        stopped = np.array([image.stopped for image in evidence], bool)
        shared = np.where(stopped & self._defective, common.sum(axis=1), 0)
        self._iou = _part(shared, (true + predicted - common).sum(axis=1))
        self._recall = _part(shared, true.sum(axis=1))

    def weighted_section(self, weights: Ints) -> Entries:
        """Returns the ``segmentation`` section."""
        weights = weights[self._scored]
        per_class = self._of_classes(weights)
        total, defective = int(weights.sum()), int(weights @ self._defective)
        unseen = "no class has truth in this split"
        good = "no image with a defect was scored"
        return {
            "iou": mean((figures["iou"] for figures in per_class.values()), unseen),
            "dice": mean((figures["dice"] for figures in per_class.values()), unseen),
            "dice_per_image": ratio(
                float(weights @ self._of_image),
                int(weights @ self._present),
                "no image holds a defect, in truth or answer",
            ),
            "dice_kaggle": ratio(
                (weights @ self._dice).sum(), total * len(self.classes), "no image was scored"
            ),
            "iou_defective": ratio(float(weights @ self._iou), defective, good),
            "recall_defective": ratio(float(weights @ self._recall), defective, good),
            "per_class": per_class,
        }

    def _of_classes(self, weights: Ints) -> dict[str, dict[str, Figure]]:
        pixels = (weights @ self._counts).reshape(3, -1).T.tolist()
        columns = (self._shows, self._detected, self._quiet, self._dice * self._detected)
        images = np.stack([weights @ column for column in columns], axis=1).tolist()
        total, per_class = int(weights.sum()), {}
        for name, (common, true, predicted), (shown, detected, quiet, dice) in zip(
            self.classes, pixels, images, strict=True
        ):
            unseen, union = f"no image shows {name}", true + predicted
            per_class[name] = {
                "iou": ratio(common, union - common, unseen) if shown else Missing(unseen),
                "dice": ratio(2 * common, union, unseen) if shown else Missing(unseen),
                "images": int(shown),
                "detected_rate": ratio(detected, shown, unseen),
                "dice_when_detected": ratio(dice, detected, f"{name} was detected on no image"),
                "quiet_rate": ratio(quiet, total - shown, f"every image shows {name}"),
            }
        return per_class

    def rates(self) -> dict[Key, Rate]:
        """Returns the rates of images with the class and of images without it."""
        rates = {}
        for label, name in enumerate(self.classes):
            shows = self._shows[:, label]
            for figure, hits, counted in (
                ("detected_rate", self._detected[:, label], shows),
                ("quiet_rate", self._quiet[:, label], ~shows),
            ):
                rates[name, figure] = self._of_all_images(hits), self._of_all_images(counted)
        return rates

    def _of_all_images(self, flags: Flags) -> Flags:
        """Spreads flags of the scored images over all images of the split."""
        whole = np.zeros(len(self._scored), bool)
        whole[self._scored] = flags
        return whole


def _part(part: Floats | Ints, whole: Ints) -> Floats:
    """Returns ``part / whole``, 0 where ``whole`` is 0."""
    return np.asarray(part / np.maximum(1, whole), np.float64)
