"""Describes ``comparison.json``. Figures are named ``section.figure``."""

from typing import ClassVar, Literal

from pydantic import Field

from auxnet_cli.documents.dataset_card import DatasetIdentity
from auxnet_cli.documents.scores import Figure
from auxnet_cli.documents.section import Interval, Intervals, Section

SCHEMA: Literal["auxnet/comparison/1"] = "auxnet/comparison/1"


class McNemar(Section):
    """McNemar's exact test of two models on the same images."""

    only_first: int
    """Images that only the first run judges wrongly."""
    only_other: int
    p_value: float


class Difference(Section):
    """The difference of a figure between a run and the first."""

    at_the_end: ClassVar = ("mcnemar", "reasons")

    difference: Figure
    """The run's figure less that of the first."""
    ci95: Interval | None
    told_apart: bool
    """Whether it is more than chance: 0 lies outside ``ci95`` and, for the verdicts' rates,
    ``mcnemar`` is significant, too (5 % each). Where all groups show the same difference there is
    no ``ci95``; ``mcnemar`` then decides about the rates, if there are enough groups."""
    better: bool | None
    """Whether the run is better than the first; ``None`` where they cannot be told apart."""
    mcnemar: McNemar | None = None
    """For the verdicts' rates only."""


class RunDifferences(Section):
    """The differences of a run from the first."""

    run: str
    against: str
    figures: dict[str, Difference]


class RunFigures(Section):
    """The headline figures of a run."""

    name: str
    figures: dict[str, Figure]
    ci95: Intervals


class ComparedRun(RunFigures):
    """A run, the rule of its verdict, and its figures."""

    at_the_end: ClassVar = ("classes", "precision_classes", "name", "figures", "ci95")

    sha256: str
    tasks: list[str]
    parameters: int
    dataset: dict[str, str]
    """``name`` and ``fingerprint`` of the data set that it was trained on."""
    threshold_rule: str
    classes: int | None = None
    """How many there are; ``None`` without class scores, like ``precision_classes``."""
    precision_classes: int | None = None
    """Classes in the mean of the precision: those that were predicted at all."""


class ComparisonFigures(Section):
    """The figures of models on the same images, and how they differ from the first."""

    groups: int
    replicates: int
    seed: int
    """Of the bootstrap."""
    runs: list[RunFigures]
    differences: list[RunDifferences]


class Comparison(Section):
    """Runs side by side on the same images; the others are compared with the first."""

    schema_: Literal["auxnet/comparison/1"] = Field(alias="schema")
    tool_version: str
    dataset: DatasetIdentity
    split: str
    images: int
    cost_escape: float
    cost_false_alarm: float
    groups: int
    replicates: int
    seed: int
    runs: list[ComparedRun]
    differences: list[RunDifferences]
    unreadable: list[str]
    """Images that a run could not read; they are in no figure."""
