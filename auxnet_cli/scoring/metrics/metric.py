"""What every metric with intervals has in common: a section of the report for weighted images."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np

from auxnet_cli.documents.section import Entries, Missing
from auxnet_cli.scoring.evidence import EvaluatedSplit, Flags, Ints

Key = tuple[str, str]
"""(class, figure); the class is empty for a headline figure."""

Rate = tuple[Flags, Flags]
"""(images,) those that are hits, and those that count."""


class Metric(ABC):
    """A section of the report that can be computed anew with other weights of the images."""

    task: str | None = None
    """The head that it scores; the section is missing for a model without it."""
    headlines: tuple[str, ...]
    """The headline figures that get an interval."""
    per_class: tuple[str, ...] = ()
    """The figures of each class that get an interval."""

    def __init__(self, split: EvaluatedSplit) -> None:
        self.split = split
        self.classes = tuple(split.classes)

    @abstractmethod
    def weighted_section(self, weights: Ints) -> Entries:
        """Returns the section, each of the (images,) counted as often as its weight says."""

    def rates(self) -> Mapping[Key, Rate]:
        """Returns the figures that are plain rates of images."""
        return {}

    def details(self) -> Entries:
        """Returns entries that only the full report has."""
        return {}

    def section(self, weights: Ints | None = None) -> Entries:
        """Returns the section, each image counted once if no weights are given."""
        images = len(self.split.evidence)
        return self.weighted_section(np.ones(images, np.int64) if weights is None else weights)

    def figures(self, weights: Ints | None = None) -> dict[Key, float | None]:
        """Returns the figures that get an interval; ``None`` for a missing one."""
        section = self.section(weights)
        figures = {("", figure): section[figure] for figure in self.headlines}
        for name, of_class in section.get("per_class", {}).items():
            figures |= {(name, figure): of_class[figure] for figure in self.per_class}
        return {
            key: None if isinstance(value, Missing) else value for key, value in figures.items()
        }
