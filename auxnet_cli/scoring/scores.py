"""All the scores of a split: (truth, inspection) pairs in, the report's sections out."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol

from auxnet_cli.data.dataset import Record
from auxnet_cli.inspection import Inspection
from auxnet_cli.scoring.classification import ClassificationScores
from auxnet_cli.scoring.detection import DetectionScores
from auxnet_cli.scoring.figure import Missing, section
from auxnet_cli.scoring.screening import ScreeningScores
from auxnet_cli.scoring.segmentation import SegmentationScores
from auxnet_cli.scoring.truth import Truth

SECTIONS = {"cls": "classification", "seg": "segmentation", "det": "detection"}


class Scores(Protocol):
    """What gathers one task's scores, image by image, and keeps no image."""

    def add(self, truth: Truth, inspection: Inspection) -> None:
        """Take one image."""
        ...

    def figures(self) -> dict[str, Any]:
        """The task's section of the report."""
        ...


def score(
    pairs: Iterable[tuple[Record, Inspection]],
    classes: Sequence[str],
    tasks: Collection[str],
    class_score: float = 0.5,
    threshold_rule: str = "",
) -> dict[str, Any]:
    """Score a stream of images.

    Args:
        pairs: each image with its findings; taken one by one, none is kept.
        classes: the defect classes, in order.
        tasks: of ``cls``, ``seg`` and ``det``, those that the findings hold.
        class_score: the score from which a class is predicted for an image.
        threshold_rule: the rule of the verdict, in words.

    Returns:
        ``images``, ``defective``, ``good``, ``classification``, ``segmentation``, ``detection``,
        ``screening``. The section of a task that is not in ``tasks`` is ``None``, and wherever a
        figure is ``None`` the same object's ``reasons`` says why.
    """
    gatherers: dict[str, Scores] = {
        "cls": ClassificationScores(classes, class_score),
        "seg": SegmentationScores(classes),
        "det": DetectionScores(classes),
    }
    wanted = {task: scores for task, scores in gatherers.items() if task in tasks}
    screening = ScreeningScores(threshold_rule)
    for record, inspection in pairs:
        truth = Truth(record, len(classes))
        for scores in (*wanted.values(), screening):
            scores.add(truth, inspection)
    return section(
        images=screening.defective + screening.good,
        defective=screening.defective,
        good=screening.good,
        **{
            name: wanted[task].figures()
            if task in wanted
            else Missing(f"the model was trained without {task}")
            for task, name in SECTIONS.items()
        },
        screening=screening.figures(),
    )
