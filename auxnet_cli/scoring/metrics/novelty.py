"""The memory of good parts: how well the novelty alone tells defective images from good ones."""

import numpy as np

from auxnet_cli.documents.section import Entries, Missing
from auxnet_cli.scoring.evidence import EvaluatedSplit, Flags, Ints
from auxnet_cli.scoring.figure import Figure
from auxnet_cli.scoring.metrics.curves import Ranking
from auxnet_cli.scoring.metrics.metric import Metric
from auxnet_cli.task import NOVELTY


class Novelty(Metric):
    """Scores the novelties; :mod:`auxnet_cli.documents.scores` defines the figures."""

    task = NOVELTY
    headlines = ("auroc",)
    per_class = ("auroc",)

    def __init__(self, split: EvaluatedSplit) -> None:
        super().__init__(split)
        self._defective = np.array([image.defective for image in split.evidence], bool)
        self._labels = np.array([image.labels for image in split.evidence], bool)
        self._novelties = np.array([image.votes[NOVELTY].max() for image in split.evidence])

    def weighted_section(self, weights: Ints) -> Entries:
        """Returns the ``novelty`` section."""
        return {
            "auroc": self._auroc(self._defective, weights, "no image is defective"),
            "per_class": {
                name: {
                    "auroc": self._auroc(shows, weights, "no image shows the class"),
                    "images": int(weights @ shows),
                }
                for name, shows in zip(self.classes, self._labels.T, strict=True)
            },
        }

    def _auroc(self, shows: Flags, weights: Ints, reason: str) -> Figure:
        """Ranks those that show a defect among the good ones; the others do not count."""
        counted = weights * (shows | ~self._defective)
        ranking = Ranking.of(shows, self._novelties, counted)
        if not ranking.negatives:
            return Missing("no image is good")
        return ranking.roc_auc if ranking.positives else Missing(reason)
