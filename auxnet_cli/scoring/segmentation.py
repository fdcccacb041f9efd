"""Which pixels are defective: IoU and Dice, and whether defects are found at all."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.inspection import Inspection
from auxnet_cli.scoring.figure import Figure, Missing, mean, ratio, section
from auxnet_cli.scoring.truth import Truth


class SegmentationScores:
    """Gathers pixel counts of a split, at the images' original size.

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

    An image whose defects have boxes only has no truth here and is passed over.
    """

    def __init__(self, classes: Sequence[str]) -> None:
        self.classes = tuple(classes)
        self._counts: list[NDArray[np.int64]] = []

    def add(self, truth: Truth, inspection: Inspection) -> None:
        """Take one image.

        Raises:
            ValueError: the masks are not of the image's size.
        """
        if inspection.masks is None or not truth.has_masks:
            return
        answer = inspection.masks
        area = area_of(answer)
        if truth.defective:
            masks = truth.masks()
            if masks.shape != answer.shape:
                raise ValueError(f"masks are {answer.shape}, the truth is {masks.shape}")
            counts = (area_of(masks & answer), area_of(masks), area)
        else:
            counts = (np.zeros_like(area), np.zeros_like(area), area)
        self._counts.append(np.stack(counts))

    def figures(self) -> dict[str, Any]:
        """The report's ``segmentation`` section."""
        counts = np.array(self._counts, np.int64).reshape(-1, 3, len(self.classes))
        common, true, found = counts[:, 0], counts[:, 1], counts[:, 2]
        present = (true + found) > 0
        dice = np.where(present, 2 * common / np.maximum(1, true + found), 1.0)
        per_class = {
            name: _of_class(name, counts[..., label], dice[:, label])
            for label, name in enumerate(self.classes)
        }
        somewhere = present.any(axis=1)
        of_images = (dice * present).sum(axis=1)[somewhere] / present.sum(axis=1)[somewhere]
        unseen = "no class has truth in this split"
        return section(
            iou=mean((figures["iou"] for figures in per_class.values()), unseen),
            dice=mean((figures["dice"] for figures in per_class.values()), unseen),
            dice_per_image=ratio(
                of_images.sum(), len(of_images), "no image holds a defect, in truth or answer"
            ),
            dice_kaggle=ratio(dice.sum(), dice.size, "no image was scored"),
            per_class={name: section(**of) for name, of in per_class.items()},
        )


def _of_class(name: str, counts: NDArray[np.int64], dice: NDArray[np.float64]) -> dict[str, Figure]:
    """The figures of one class from its (images, 3) counts: in both, in truth, in the answer."""
    common, true, found = counts.T
    shows, overlaps = true > 0, common > 0
    images, detected = int(shows.sum()), int(overlaps.sum())
    unseen = f"no image shows {name}"
    pooled = int(true.sum() + found.sum())
    return {
        "iou": ratio(common.sum(), pooled - common.sum(), unseen) if images else Missing(unseen),
        "dice": ratio(2 * common.sum(), pooled, unseen) if images else Missing(unseen),
        "images": images,
        "detected_rate": ratio(detected, images, unseen),
        "dice_when_detected": ratio(
            dice[overlaps].sum(), detected, f"{name} was detected on no image"
        ),
        "quiet_rate": ratio(
            int((~shows & (found == 0)).sum()),
            len(counts) - images,
            f"every image shows {name}",
        ),
    }


def area_of(masks: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(classes,), the pixels of each class in (height, width, classes) masks."""
    # Rows first and in a narrow type: 25 times as fast as one sum over both axes.
    area: NDArray[np.int64] = masks.sum(axis=0, dtype=np.uint32).sum(axis=0, dtype=np.int64)
    return area
