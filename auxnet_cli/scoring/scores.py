"""All the scores of a split: evidence in, the report's sections out."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np

from auxnet_cli.scoring.evidence import Evidence, Ints, group_numbers
from auxnet_cli.scoring.figure import Missing, section
from auxnet_cli.scoring.intervals.confidence_intervals import (
    METHOD,
    Scored,
    exact_means,
    with_intervals,
)
from auxnet_cli.scoring.intervals.interval import REPLICATES, Interval
from auxnet_cli.scoring.metrics.classification import Classification
from auxnet_cli.scoring.metrics.confusion import confusion
from auxnet_cli.scoring.metrics.detection import Detection
from auxnet_cli.scoring.metrics.screening import Screening
from auxnet_cli.scoring.metrics.segmentation import Segmentation
from auxnet_cli.scoring.metrics.undetected_classes import never_found

SECTIONS = {"cls": "classification", "seg": "segmentation", "det": "detection"}


def score(
    evidence: Sequence[Evidence],
    classes: Sequence[str],
    tasks: Collection[str],
    class_score: float = 0.5,
    threshold_rule: str = "",
) -> dict[str, Any]:
    """Score images, figures only: for training, which asks after each epoch.

    Args:
        evidence: of the images.
        classes: the defect classes, in order.
        tasks: of ``cls``, ``seg`` and ``det``, those that the evidence holds.
        class_score: the score from which a class is predicted for an image.
        threshold_rule: the rule of the verdict, in words.

    Returns:
        ``images``, ``defective``, ``good``, ``classification``, ``segmentation``, ``detection``,
        ``screening``. The section of a task that is not in ``tasks`` is ``None``, and wherever a
        figure is ``None`` the same object's ``reasons`` says why.
    """
    parts = _parts(evidence, classes, tasks, class_score, sizes=False)
    verdicts = Screening(evidence, threshold_rule)
    return _document(evidence, {**parts, "screening": verdicts}, lambda part: part.section())


def full_score(
    evidence: Sequence[Evidence],
    classes: Sequence[str],
    tasks: Collection[str],
    class_score: float = 0.5,
    threshold_rule: str = "",
    *,
    exclusive: bool = False,
    costs: tuple[float, float] = (1.0, 1.0),
    replicates: int = REPLICATES,
    seed: int = 0,
) -> dict[str, Any]:
    """Score images with all that a report tells of them.

    Args:
        evidence: as for :func:`score`, with what follows there.
        classes: likewise.
        tasks: likewise.
        class_score: likewise.
        threshold_rule: likewise.
        exclusive: whether an image shows one class at most.
        costs: of an escape and of a false alarm.
        replicates: of the bootstrap.
        seed: of the bootstrap.

    Returns:
        What :func:`score` gives; with ``ci95`` in each section and in each class, boxes by size of
        the defect and the confusion matrix of the classes; and ``groups``, the number of groups of
        images, ``intervals``, how ``ci95`` was made, and ``never_found``.
    """
    groups = group_numbers(evidence)
    parts = _parts(evidence, classes, tasks, class_score, sizes=True)
    verdicts = Screening(evidence, threshold_rule, *costs)
    document = _document(
        evidence,
        {**parts, "screening": verdicts},
        lambda part: with_intervals(part, groups, replicates, seed),
    )
    if document["classification"] is not None:
        document["classification"]["confusion"] = confusion(
            evidence, classes, class_score, exclusive
        )
    number = len(np.unique(groups))
    method = METHOD.format(replicates=replicates, groups=number, seed=seed)
    return {
        **document,
        "never_found": never_found(document),
        "intervals": {"groups": number, "replicates": replicates, "seed": seed, "method": method},
    }


def headlines(
    evidence: Sequence[Evidence],
    classes: Sequence[str],
    tasks: Collection[str],
    class_score: float = 0.5,
    costs: tuple[float, float] = (1.0, 1.0),
) -> Callable[[Ints | None], dict[str, float | None]]:
    """The headline figures by themselves, for any weights of the images.

    Args:
        evidence: as for :func:`score`.
        classes: likewise.
        tasks: likewise.
        class_score: likewise.
        costs: of an escape and of a false alarm.

    Returns:
        A function from (images,) weights, or ``None`` for weights of one, to ``section.figure`` →
        its value.
    """
    made = _parts(evidence, classes, tasks, class_score, sizes=True).items()
    parts: dict[str, Scored] = {"screening": Screening(evidence, "", *costs)}
    parts |= {name: part for name, part in made if not isinstance(part, Missing)}

    def figures(weights: Ints | None = None) -> dict[str, float | None]:
        found = {name: part.section(weights) for name, part in parts.items()}
        return {
            f"{name}.{figure}": found[name][figure]
            for name, part in parts.items()
            for figure in part.figures
        }

    return figures


def exact_headlines(
    evidence: Sequence[Evidence],
    classes: Sequence[str],
    tasks: Collection[str],
    class_score: float = 0.5,
) -> dict[str, Interval]:
    """The intervals of headline figures of which all rates are 0 or all are 1.

    Args:
        evidence: as for :func:`score`.
        classes: likewise.
        tasks: likewise.
        class_score: likewise.

    Returns:
        ``section.figure`` → see
        :func:`auxnet_cli.scoring.intervals.confidence_intervals.exact_means`.
    """
    if "cls" not in tasks:
        return {}
    scored, name = Classification(evidence, classes, class_score), SECTIONS["cls"]
    found = exact_means(scored, group_numbers(evidence))
    return {f"{name}.{figure}": own for figure, own in found.items()}


def _parts(
    evidence: Sequence[Evidence],
    classes: Sequence[str],
    tasks: Collection[str],
    class_score: float,
    sizes: bool,
) -> dict[str, Scored | Missing]:
    make: dict[str, Callable[[], Scored]] = {
        "cls": lambda: Classification(evidence, classes, class_score),
        "seg": lambda: Segmentation(evidence, classes),
        "det": lambda: Detection(evidence, classes, sizes),
    }
    return {
        name: make[task]() if task in tasks else Missing(f"the model was trained without {task}")
        for task, name in SECTIONS.items()
    }


def _document(
    evidence: Sequence[Evidence],
    parts: Mapping[str, Scored | Missing],
    told: Callable[[Scored], dict[str, Any]],
) -> dict[str, Any]:
    defective = sum(image.defective for image in evidence)
    return section(
        images=len(evidence),
        defective=defective,
        good=len(evidence) - defective,
        **{name: part if isinstance(part, Missing) else told(part) for name, part in parts.items()},
    )
