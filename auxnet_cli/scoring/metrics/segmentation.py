"""Which pixels are defective: IoU and Dice, and whether defects are found at all."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from auxnet_cli.scoring.evidence import Evidence, Flags, Floats, Ints
from auxnet_cli.scoring.figure import Figure, Missing, mean, ratio, section

HEADLINES = ("iou", "dice", "dice_per_image", "dice_kaggle", "iou_defective", "recall_defective")
PER_CLASS = ("iou", "dice", "detected_rate", "dice_when_detected", "quiet_rate")


class Segmentation:
    """The pixel counts of a split, at the images' original size.

    T and P are the pixels of a class in the truth and in the answer. Per class:

    - iou = Σ|T and P| / Σ|T or P| and dice = 2 Σ|T and P| / (Σ|T| + Σ|P|), the sums over all
      images: what is falsely found on a good image counts. Null where no image shows the class.
    - images: how many show the class
    - detected_rate: part of those where P overlaps T, be it by one pixel
    - dice_when_detected: mean Dice of the images so detected
    - quiet_rate: part of the images without the class where P is empty

    Of the whole: iou and dice are the unweighted means over the classes that have truth.
    dice_per_image takes from each image the mean Dice over the classes present in truth or answer,
    and is the mean of that over images; an image where nothing is present in either is skipped.
    dice_kaggle is the mean Dice over all (image, class) pairs, 1 where both are empty: Severstal's
    metric. It is high for an answer that finds nothing, so read it beside detected_rate.

    iou_defective and recall_defective are means over the images that show a defect, of Σ|T and P| /
    Σ|T or P| and Σ|T and P| / Σ|T|, the sums over the classes. They are linked to the decision: an
    image that was passed as good gives 0, since nobody will look at its mask. Dong et al., arXiv
    2510.13226, argue for such figures; the formulas are ours.

    Args:
        evidence: images; one without masks, or whose defects have boxes only, is passed over.
        classes: names, in order.
    """

    figures = HEADLINES
    per_class = PER_CLASS

    def __init__(self, evidence: Sequence[Evidence], classes: Sequence[str]) -> None:
        self.classes = tuple(classes)
        scored = [(place, e) for place, e in enumerate(evidence) if e.pixels is not None]
        self._number = len(evidence)
        self._places = np.array([place for place, _ in scored], np.int64)
        counts = np.array([e.pixels for _, e in scored], np.int64).reshape(-1, 3, len(classes))
        self._counts = counts.reshape(-1, 3 * len(classes))
        common, true, found = counts[:, 0], counts[:, 1], counts[:, 2]
        present = (true + found) > 0
        self._dice = np.where(present, 2 * common / np.maximum(1, true + found), 1.0)
        self._shows, self._overlaps = true > 0, common > 0
        self._quiet = ~self._shows & (found == 0)
        self._present = present.any(axis=1)
        self._of_image = _part((self._dice * present).sum(axis=1), present.sum(axis=1))
        self._defective = np.array([e.defective for _, e in scored], bool)
        looked_at = np.array([e.stopped for _, e in scored], bool) & self._defective
        shared = np.where(looked_at, common.sum(axis=1), 0)
        self._iou = _part(shared, (true + found - common).sum(axis=1))
        self._recall = _part(shared, true.sum(axis=1))

    def section(self, weights: Ints | None = None) -> dict[str, Any]:
        """The report's ``segmentation`` section.

        Args:
            weights: (images,) how often each image of the evidence counts; once if not given.
        """
        weights = np.ones(self._number, np.int64) if weights is None else weights
        weights = weights[self._places]
        per_class = self._of_classes(weights)
        total, defective = int(weights.sum()), int(weights @ self._defective)
        unseen = "no class has truth in this split"
        good = "no image with a defect was scored"
        return section(
            iou=mean((figures["iou"] for figures in per_class.values()), unseen),
            dice=mean((figures["dice"] for figures in per_class.values()), unseen),
            dice_per_image=ratio(
                float(weights @ self._of_image),
                int(weights @ self._present),
                "no image holds a defect, in truth or answer",
            ),
            dice_kaggle=ratio(
                (weights @ self._dice).sum(), total * len(self.classes), "no image was scored"
            ),
            iou_defective=ratio(float(weights @ self._iou), defective, good),
            recall_defective=ratio(float(weights @ self._recall), defective, good),
            per_class={name: section(**of) for name, of in per_class.items()},
        )

    def _of_classes(self, weights: Ints) -> dict[str, dict[str, Figure]]:
        sums = (weights @ self._counts).reshape(3, -1).T.tolist()
        columns = (self._shows, self._overlaps, self._quiet, self._dice * self._overlaps)
        tallies = np.stack([weights @ column for column in columns], axis=1).tolist()
        total = int(weights.sum())
        return {
            name: _of_class(name, total, *own, *tally)
            for name, own, tally in zip(self.classes, sums, tallies, strict=True)
        }

    def rates(self) -> dict[tuple[str, str], tuple[Flags, Flags]]:
        """The plain rates: (class, figure) → the images that are hits, and those that count."""
        rates = {}
        for label, name in enumerate(self.classes):
            shows = self._shows[:, label]
            rates[name, "detected_rate"] = (
                self._spread(self._overlaps[:, label]),
                self._spread(shows),
            )
            rates[name, "quiet_rate"] = self._spread(self._quiet[:, label]), self._spread(~shows)
        return rates

    def _spread(self, flags: Flags) -> Flags:
        whole = np.zeros(self._number, bool)
        whole[self._places] = flags
        return whole


def _part(part: Any, whole: Any) -> Floats:
    """``part / whole``, 0 where ``whole`` is 0."""
    return np.asarray(part / np.maximum(1, whole), np.float64)


def _of_class(
    name: str,
    total: int,
    common: int,
    true: int,
    found: int,
    images: float,
    detected: float,
    quiet: float,
    dice: float,
) -> dict[str, Figure]:
    """The figures of one class from its sums: of pixels, of images, of Dice."""
    unseen = f"no image shows {name}"
    pooled = true + found
    return {
        "iou": ratio(common, pooled - common, unseen) if images else Missing(unseen),
        "dice": ratio(2 * common, pooled, unseen) if images else Missing(unseen),
        "images": int(images),
        "detected_rate": ratio(detected, images, unseen),
        "dice_when_detected": ratio(dice, detected, f"{name} was detected on no image"),
        "quiet_rate": ratio(quiet, total - images, f"every image shows {name}"),
    }
