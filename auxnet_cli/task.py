"""Lists the tasks of a network, with all that differs from one to the next."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from auxnet_cli.errors import InputError, nearest


@dataclass(frozen=True)
class Task:
    """A task: where its head is defined, the names of its figures, and the words for it.

    Attributes:
        section: name of its loss and of its section in reports; the names of its raw outputs and
            targets begin with it.
        head: what opens its :class:`auxnet_cli.model.heads.head.Head`, as ``module:name``.
        answer: what the decoded head says of an image; this decides how tiles are merged, and how
            strongly the head votes for a class. ``scores``: (classes,); ``map``: (height, width,
            classes), both 0-1; ``boxes``.
        threshold: the setting in ``decision`` from which its vote makes an image defective.
        rule: the same in words; a template for ``decision``.
        headline: the figure of its section that stands for it in the validation score.
        scores: the figures of its section that an export is compared by.
        support: the figure of a class that counts its cases in a split.
        detected: the figure of a class that says on which part of them the head detects it.
        undetected: says that the head detects a class in none of {} cases.
        case: what ``support`` counts, in words.
        answers: what the head answers with, in words; ``noun`` in a heading.
        flaw: the attribute of a flaw that says whether the head detects it, and words for that;
            empty where the head does not locate defects.
        network: what the name of a network for this task alone ends with.
    """

    section: str
    head: str
    answer: Literal["scores", "map", "boxes"]
    threshold: str
    rule: str
    headline: str
    scores: tuple[str, ...]
    support: str
    detected: str
    undetected: str
    case: str
    answers: str
    noun: str
    flaw: tuple[str, str] | None = None
    network: str = ""


TASKS = {
    "cls": Task(
        section="classification",
        head="auxnet_cli.model.heads.classification:ClassificationHead",
        answer="scores",
        threshold="class_score",
        rule="a class scores at least {decision.class_score:g}",
        headline="f1",
        scores=("accuracy",),
        support="support",
        detected="recall",
        undetected="recognised on none of {} images (cls)",
        case="image",
        answers="class scores",
        noun="class",
    ),
    "seg": Task(
        section="segmentation",
        head="auxnet_cli.model.segmentation:open_segmenter",
        answer="map",
        threshold="mask_score",
        rule="the pixels of a class that score at least {decision.mask_score:g} cover at least "
        "{decision.mask_area:.3%} of the image",
        headline="dice",
        scores=("dice",),
        support="images",
        detected="detected_rate",
        undetected="touched by a mask on none of {} (seg)",
        case="image",
        answers="masks",
        noun="masks",
        flaw=("masked", "by a mask"),
        network=" FPN",
    ),
    "det": Task(
        section="detection",
        head="auxnet_cli.model.detection:open_detector",
        answer="boxes",
        threshold="box_score",
        rule="a box scores at least {decision.box_score:g}",
        headline="map50",
        scores=("map", "map50"),
        support="support",
        detected="found_rate",
        undetected="boxed at none of {} places (det)",
        case="defect",
        answers="boxes",
        noun="boxes",
        flaw=("boxed", "by a box"),
        network=" RetinaNet",
    ),
}
"""The tasks by the names that users give them, in their canonical order."""

ANY = "any"
"""The vote of the masks of all classes together: that the image shows a defect, of any class."""

NOVELTY = "novelty"
"""The vote of the memory of good parts, which is no task: it needs no label, and knows no class."""


def voters() -> tuple[str, ...]:
    """Returns all that can vote for a defect."""
    return (*TASKS, ANY, NOVELTY)


def voters_of(tasks: Iterable[str], memory: bool) -> tuple[str, ...]:
    """Returns what votes on an image, of a network with these tasks, with or without a memory."""
    built = tuple(tasks)
    together = (ANY,) if any(TASKS[task].answer == "map" for task in built) else ()
    return (*built, *together, *((NOVELTY,) if memory else ()))


def parse_tasks(text: str | None) -> tuple[str, ...] | None:
    """``"cls,seg"`` → ``("cls", "seg")``, in the canonical order; ``None`` stays ``None``.

    Raises:
        InputError: an unknown task, or none.
    """
    if text is None:
        return None
    named = [part.strip() for part in text.split(",") if part.strip()]
    for name in named:
        if name not in TASKS:
            raise InputError(
                f"There is no task '{name}'.{nearest(name, list(TASKS))} Tasks: {', '.join(TASKS)}."
            )
    if not named:
        raise InputError(f"--tasks names no task: give some of {','.join(TASKS)}.")
    return tuple(task for task in TASKS if task in named)
