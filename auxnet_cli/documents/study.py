"""Describes ``study.json``: a table of the paper, trained here, and what holds of its claims."""

from typing import Literal

from pydantic import Field

from auxnet_cli.documents.dataset_card import DatasetIdentity
from auxnet_cli.documents.section import Interval, Section

SCHEMA: Literal["auxnet/study/1"] = "auxnet/study/1"

LATENCY_MS = "latency.ms"
"""The metric of a study that trains nothing; the others are shares of 0-1."""


class StudyFigure(Section):
    """A figure of an arm."""

    mean: float | None
    """Over the seeds."""
    spread: float | None
    """Standard deviation over the seeds; ``None`` of a single one."""
    ci95: Interval | None = None
    """Over the parts of the test split, of the mean."""
    p5_p95: Interval | None = None
    """Of a time: the percentiles of the calls."""
    paper: float | None
    """The paper's figure, on its data."""


class StudyArm(Section):
    """A network of a study, or a way to train it."""

    name: str
    tasks: list[str]
    parameters: int | None
    seeds: int
    minutes: float | None
    """Of a training, the mean over seeds and folds."""
    fraction: float
    """Of the training images, 0-1."""
    settings: dict[str, str]
    """What tells it from the other arms: network, encoder, initial weights, losses."""
    figures: dict[str, StudyFigure]
    per_class: dict[str, dict[str, float | None]] = Field(default_factory=dict)
    """Class → metric → its mean over the seeds; of boxes the average precision."""


class StudyClaim(Section):
    """A claim of the paper, and what the trainings say of it."""

    text: str
    metric: str
    margin: float
    """The smallest difference that matters, declared before."""
    verdict: Literal["reproduced", "not reproduced", "too close to call", "these data cannot tell"]
    difference: float | None
    ci95: Interval | None
    """Over parts and, where there are several, seeds."""
    paper: float | None
    """The paper's difference."""


class Study(Section):
    """One of the paper's tables, run here."""

    schema_: Literal["auxnet/study/1"] = Field(alias="schema")
    tool_version: str
    name: str
    title: str
    budget: str
    budget_note: str
    data: DatasetIdentity
    folds: list[str]
    """Of the data set, whose test images are pooled; empty where it is taken whole."""
    stand_in: bool
    """Whether the data are others than the paper's: a verdict is then of the direction alone."""
    cpu: str
    seeds: int
    unfinished: int
    """Trainings that are still to be done; arms that lack one are left out."""
    arms: list[StudyArm]
    claims: list[StudyClaim]
