"""Where the defects are: COCO's mean average precision of the boxes."""

from dataclasses import dataclass

import numpy as np

from auxnet_cli.documents.section import Entries, Missing
from auxnet_cli.scoring.evidence import EvaluatedSplit, Flags, Floats, Ints
from auxnet_cli.scoring.figure import Figure, mean, ratio
from auxnet_cli.scoring.metrics.matching import IOUS, RANGES, Matching
from auxnet_cli.scoring.metrics.metric import Metric

RECALLS = np.linspace(0, 1, 101)
SIZES = ("small", "medium", "large")


class Detection(Metric):
    """Scores boxes; :mod:`auxnet_cli.documents.scores` defines the figures.

    Matching is pycocotools'; its accumulation is repeated here for images with weights.
    """

    task = "det"
    per_class = ("ap", "ap50", "found_rate")

    def __init__(self, split: EvaluatedSplit) -> None:
        super().__init__(split)
        self._sizes = SIZES if split.by_size else ()
        of_sizes = [f"map_{size}" for size in self._sizes]
        self.headlines = ("map", "map50", "map75", *of_sizes, "recall_100")
        ranges = ("all", *self._sizes)
        matching = Matching.of(split.evidence, ranges)
        self._boxes = {
            size: [_Boxes.of(matching, index, size, label) for label in range(len(self.classes))]
            for index, size in enumerate(ranges)
        }
        flaws = [
            (image, flaw.label, bool(flaw.named))
            for image, evidence in enumerate(split.evidence)
            for flaw in evidence.flaws
        ]
        self._flaws = np.array(flaws, np.int64).reshape(-1, 3)

    def weighted_section(self, weights: Ints) -> Entries:
        """Returns the ``detection`` section."""
        of_sizes = {
            size: [boxes.precision_and_recall(weights) for boxes in of_classes]
            for size, of_classes in self._boxes.items()
        }
        everything = [of_class for of_class in of_sizes["all"] if of_class]
        unseen = "no class has a true box in this split"
        return {
            "map": mean([float(of_iou.mean()) for of_iou, _ in everything], unseen),
            "map50": mean([float(of_iou[0]) for of_iou, _ in everything], unseen),
            "map75": mean([float(of_iou[5]) for of_iou, _ in everything], unseen),
            **{
                f"map_{size}": mean(
                    [float(of_class[0].mean()) for of_class in of_sizes[size] if of_class],
                    f"no defect is {size}",
                )
                for size in self._sizes
            },
            "recall_100": mean([recall for _, recall in everything], unseen),
            "per_class": {
                name: self._of_class(label, weights, of_sizes["all"][label])
                for label, name in enumerate(self.classes)
            },
        }

    def _of_class(
        self, label: int, weights: Ints, scored: tuple[Floats, float] | None
    ) -> dict[str, Figure]:
        unseen = f"{self.classes[label]} has no true box in this split"
        image, _, named = self._flaws[self._flaws[:, 1] == label].T
        return {
            "ap": float(scored[0].mean()) if scored else Missing(unseen),
            "ap50": float(scored[0][0]) if scored else Missing(unseen),
            "found_rate": ratio(int(weights[image] @ named), int(weights[image].sum()), unseen),
            "support": int(weights[self._boxes["all"][label].true].sum()),
        }


@dataclass(frozen=True)
class _Boxes:
    """The boxes of one class in one range of areas, for any weights of the images.

    A precision counts only where a defect is hit, so the many boxes that match nothing need only
    be counted up to there.

    Attributes:
        plain: (boxes in the range,) the image of each, strongest first.
        before: (candidates,) how many of ``plain`` come up to and with each candidate.
        image: (candidates,) of each box that can match; see :class:`Matching`.
        hit: (IoUs, candidates) whether it is right.
        extra: (IoUs, candidates) what it adds to the number of boxes counted in ``plain``: 1 where
            it is right though of another size, -1 where what it matches is of another size.
        true: (defects in the range,) the image of each.
    """

    plain: Ints
    before: Ints
    image: Ints
    hit: Flags
    extra: Ints
    true: Ints

    @classmethod
    def of(cls, matching: Matching, index: int, size: str, label: int) -> "_Boxes":
        """Selects the boxes of a class for a range of areas, the ``index``-th of the matching."""
        low, high = RANGES[size]
        boxes = np.flatnonzero(matching.label == label)
        inside = (matching.area >= low) & (matching.area <= high)
        plain = boxes[inside[boxes]]
        of_class = np.flatnonzero(matching.label[matching.candidates] == label)
        candidates = matching.candidates[of_class]
        matched = matching.matched[index][:, of_class]
        ignored = matching.ignored[index][:, of_class]
        hit = matched & ~ignored
        to_add, to_remove = hit & ~inside[candidates], matched & ignored & inside[candidates]
        wanted = (matching.true_label == label) & (matching.true_area >= low)
        return cls(
            matching.image[plain],
            np.searchsorted(plain, candidates, side="right"),
            matching.image[candidates],
            hit,
            to_add.astype(np.int64) - to_remove,
            matching.true_image[wanted & (matching.true_area <= high)],
        )

    def precision_and_recall(self, weights: Ints) -> tuple[Floats, float] | None:
        """Returns (IoUs,) average precision and mean recall; ``None`` without a defect.

        As COCOeval.accumulate has it, where an image of weight n stands for n copies.
        """
        total = int(weights[self.true].sum())
        if not total:
            return None
        if not len(self.image):
            return np.zeros(len(IOUS)), 0.0
        of_image = weights[self.image]
        hits = np.cumsum(self.hit * of_image, axis=1)
        counted = np.append(0, np.cumsum(weights[self.plain]))[self.before]
        boxes = counted + np.cumsum(self.extra * of_image, axis=1)
        precision = hits / (boxes + np.spacing(1))
        best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
        best = np.append(best, np.zeros((len(IOUS), 1)), axis=1)
        recall = hits / total
        reached = [np.searchsorted(row, RECALLS) for row in recall]
        averages = np.take_along_axis(best, np.array(reached), axis=1).mean(axis=1)
        return averages, float(recall[:, -1].mean())
