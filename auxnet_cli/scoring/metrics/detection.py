"""Where the defects are: COCO's mean average precision of the boxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from auxnet_cli.scoring.evidence import Evidence, Flags, Floats, Ints
from auxnet_cli.scoring.figure import Figure, Missing, mean, ratio, section
from auxnet_cli.scoring.metrics.matching import IOUS, RANGES, Matching

RECALLS = np.linspace(0, 1, 101)
SIZES = ("small", "medium", "large")
HEADLINES = ("map", "map50", "map75")
OF_SIZES = tuple(f"map_{size}" for size in SIZES)


@dataclass(frozen=True)
class _Row:
    """What is needed of one class in one range of areas, for any weights of the images.

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

    def figures(self, weights: Ints) -> tuple[Floats, float] | None:
        """(IoUs,) average precision, and mean recall; ``None`` without a defect.

        As COCOeval.accumulate has it, where an image of weight n stands for n copies.
        """
        total = int(weights[self.true].sum())
        if not total:
            return None
        if not len(self.image):
            return np.zeros(len(IOUS)), 0.0
        own = weights[self.image]
        hits = np.cumsum(self.hit * own, axis=1)
        counted = np.append(0, np.cumsum(weights[self.plain]))[self.before]
        boxes = counted + np.cumsum(self.extra * own, axis=1)
        precision = hits / (boxes + np.spacing(1))
        best = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
        best = np.append(best, np.zeros((len(IOUS), 1)), axis=1)
        recall = hits / total
        reached = [np.searchsorted(row, RECALLS) for row in recall]
        averages = np.take_along_axis(best, np.array(reached), axis=1).mean(axis=1)
        return averages, float(recall[:, -1].mean())


class Detection:
    """The boxes of a split, weak ones too, at the images' original size.

    - ap: COCO's average precision (101 recall points), mean over the IoUs .50, .55 ... .95; ap50
      at one IoU. The 100 strongest boxes of a class count on each image. Null where the class has
      no true box in the split.
    - found_rate: part of the class's defects that a confident box of the class overlaps with an
      IoU of at least 0.1: what the verdict and the overlays show. The other figures count weaker
      boxes, too
    - support: true boxes of the class
    - map, map50, map75: the unweighted means over the classes that have truth
    - map_small, map_medium, map_large: map over the defects of COCO's sizes: see
      :data:`auxnet_cli.scoring.metrics.matching.RANGES`
    - recall_100: part of the defects matched by those 100 boxes, mean over the IoUs and classes:
      COCO's AR at 100

    Good images take part: what is found on them lowers the precision. Matching is pycocotools';
    its accumulation is repeated here for images with weights.

    Args:
        evidence: images; those whose boxes were not asked for are passed over.
        classes: names, in order.
        sizes: whether to score the sizes apart.
    """

    per_class = ("ap", "ap50", "found_rate")

    def __init__(
        self, evidence: Sequence[Evidence], classes: Sequence[str], sizes: bool = True
    ) -> None:
        self.classes = tuple(classes)
        self.figures = (*HEADLINES, *(OF_SIZES if sizes else ()), "recall_100")
        self._number = len(evidence)
        self._ranges = ("all", *SIZES) if sizes else ("all",)
        matching = Matching.of(evidence, self._ranges)
        self._rows = {
            (name, label): _row(matching, place, name, label)
            for place, name in enumerate(self._ranges)
            for label in range(len(self.classes))
        }
        self._flaws = np.array(
            [
                (place, flaw.label, bool(flaw.named))
                for place, image in enumerate(evidence)
                if image.answer is not None
                for flaw in image.flaws
            ],
            np.int64,
        ).reshape(-1, 3)

    def section(self, weights: Ints | None = None) -> dict[str, Any]:
        """The report's ``detection`` section.

        Args:
            weights: (images,) how often each image of the evidence counts; once if not given.
        """
        weights = np.ones(self._number, np.int64) if weights is None else weights
        per_class, recalls = {}, []
        for label, name in enumerate(self.classes):
            row = self._rows["all", label]
            found = row.figures(weights)
            per_class[name] = {
                **_of_class(name, found, int(weights[row.true].sum())),
                "found_rate": self._found_rate(label, weights),
            }
            recalls.append(found[1] if found else Missing(name))
        unseen = "no class has a true box in this split"
        return section(
            map=mean((figures["ap"] for figures in per_class.values()), unseen),
            map50=mean((figures["ap50"] for figures in per_class.values()), unseen),
            map75=mean((figures["ap75"] for figures in per_class.values()), unseen),
            **self._of_sizes(weights),
            recall_100=mean(recalls, unseen),
            per_class={
                name: section(**{key: of[key] for key in (*self.per_class, "support")})
                for name, of in per_class.items()
            },
        )

    def _found_rate(self, label: int, weights: Ints) -> Figure:
        place, _, found = self._flaws[self._flaws[:, 1] == label].T
        own = weights[place]
        reason = f"{self.classes[label]} has no true box in this split"
        return ratio(int(own @ found), int(own.sum()), reason)

    def _of_sizes(self, weights: Ints) -> dict[str, Figure]:
        figures = {}
        for size in self._ranges[1:]:
            found = [self._rows[size, label].figures(weights) for label in range(len(self.classes))]
            figures[f"map_{size}"] = mean(
                (float(own[0].mean()) for own in found if own), f"no defect is {size}"
            )
        return figures

    def rates(self) -> dict[tuple[str, str], tuple[Flags, Flags]]:
        """None of the figures is a plain rate of images."""
        return {}


def _row(matching: Matching, place: int, name: str, label: int) -> _Row:
    low, high = RANGES[name]
    boxes = np.flatnonzero(matching.label == label)
    inside = (matching.area >= low) & (matching.area <= high)
    plain = boxes[inside[boxes]]
    own = np.flatnonzero(matching.label[matching.candidates] == label)
    candidates = matching.candidates[own]
    matched, ignored = matching.matched[place][:, own], matching.ignored[place][:, own]
    hit = matched & ~ignored
    extra = (hit & ~inside[candidates]).astype(np.int64) - (matched & ignored & inside[candidates])
    wanted = (matching.true_label == label) & (matching.true_area >= low)
    return _Row(
        matching.image[plain],
        np.searchsorted(plain, candidates, side="right"),
        matching.image[candidates],
        hit,
        extra,
        matching.true_image[wanted & (matching.true_area <= high)],
    )


def _of_class(name: str, found: tuple[Floats, float] | None, support: int) -> dict[str, Figure]:
    """The figures of one class from its average precision at each IoU."""
    if found is None:
        missing = Missing(f"{name} has no true box in this split")
        return {"ap": missing, "ap50": missing, "ap75": missing, "support": 0}
    averages = found[0]
    return {
        "ap": float(averages.mean()),
        "ap50": float(averages[0]),
        "ap75": float(averages[5]),
        "support": support,
    }
