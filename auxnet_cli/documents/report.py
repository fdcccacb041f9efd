"""Describes the report of an evaluation, ``report.json``."""

from typing import Literal

from pydantic import Field

from auxnet_cli.documents.dataset_card import DatasetIdentity
from auxnet_cli.documents.detectability import Detectability
from auxnet_cli.documents.scores import Figure, SplitScores
from auxnet_cli.documents.section import Section

SCHEMA: Literal["auxnet/report/1"] = "auxnet/report/1"


class ModelIdentity(Section):
    """The model that was scored, and how it was run."""

    sha256: str
    tasks: list[str]
    parameters: int
    initial_weights: str
    dataset: dict[str, str]
    """``name`` and ``fingerprint`` of the data set that it was trained on."""
    engine: str
    precision: str


class UndetectedClass(Section):
    """A class that some heads never find although the split shows it."""

    name: str = Field(alias="class")
    heads: dict[str, int]
    """The heads that never find it, with the images (cls, seg) or defects (det) that show it."""


class IntervalMethod(Section):
    """How the intervals were made."""

    groups: int
    replicates: int
    seed: int
    method: str


class HeadPair(Section):
    """Two heads, and the images on which they contradict one another."""

    heads: tuple[str, str]
    images: int


class ClassContradictions(Section):
    """Images on which heads contradict one another about a class."""

    images: int
    shown: int
    """Those that show the class."""


class Contradiction(Section):
    """What each head says of a class on an image; ``None`` for a head that was not built."""

    name: str
    class_: str = Field(alias="class")
    truth: bool
    """Whether the image shows the class."""
    cls: bool | None
    seg: bool | None
    det: bool | None


class Agreement(Section):
    """Where heads contradict one another: one calls a class on an image and another does not."""

    images: int
    heads: list[str]
    contradictions: int | None
    """Images with one or more."""
    share: Figure
    pairs: list[HeadPair]
    per_class: dict[str, ClassContradictions]
    listed: list[Contradiction]


class ScoreBin(Section):
    """The (image, class) pairs whose score is from ``low`` to ``high``."""

    low: float
    high: float
    images: int
    score: float
    """Mean score."""
    rate: float
    """Part of them that shows the class."""


class ReliabilityFigures(Section):
    """How honest class scores are, over (image, class) pairs."""

    expected_calibration_error: Figure
    """Mean difference of rate and score of the bins, weighted by their images (Guo et al., "On
    Calibration of Modern Neural Networks", ICML 2017, eq. 3)."""
    maximum_calibration_error: Figure
    """The largest difference of a bin (eq. 5)."""
    brier: Figure
    """Mean of (score − truth)², truth 0 or 1 (Brier, 1950, for each class by itself)."""
    bins: list[ScoreBin]
    """The reliability diagram: ten bins of one width, without the empty ones."""


class Reliability(ReliabilityFigures):
    """The class scores against what the images show."""

    temperature: float | None
    """That the scores were made with."""
    per_class: dict[str, ReliabilityFigures]


class _Identity(Section):
    """What was scored on which images."""

    schema_: Literal["auxnet/report/1"] = Field(alias="schema")
    tool_version: str
    model: ModelIdentity
    dataset: DatasetIdentity
    label_kind: str
    split: str


class Report(SplitScores, _Identity):
    """All figures of an evaluation. The section of a registered metric is kept by its name."""

    never_found: list[UndetectedClass]
    intervals: IntervalMethod
    detectability: Detectability | None
    agreement: Agreement | None
    reliability: Reliability | None
