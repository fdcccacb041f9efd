"""Scores the trainings of an arm on the test images of all folds together."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from auxnet_cli.scoring.comparison import Contender
from auxnet_cli.scoring.evidence import EvaluatedSplit, Evidence, Flags, Floats, Ints
from auxnet_cli.scoring.metrics.curves import Ranking
from auxnet_cli.scoring.scores import headlines
from auxnet_cli.studies.stored_result import Result, read
from auxnet_cli.studies.training import Training

ALARMS = (0.05, 0.1)
"""False-alarm rates at which the escape rate is read off."""
SHOWN = {
    "classification.accuracy": "accuracy",
    "classification.f1": "F1",
    "classification.average_precision": "AP",
    "segmentation.dice": "Dice",
    "segmentation.iou": "IoU",
    "detection.map": "mAP",
    "detection.map50": "mAP50",
    "verdict.roc_auc": "AUROC",
    **{f"screening.escape_at_{alarm:.0%}": f"escape at {alarm:.0%}" for alarm in ALARMS},
}

Figures = Callable[[Ints | None], dict[str, float | None]]


def pooled(folds: Sequence[Result]) -> tuple[list[Evidence], Figures]:
    """Returns the evidence of all folds' test images, and a function from weights to figures."""
    evidence = [image for fold in folds for image in fold.evidence]
    first = folds[0]
    heads = headlines(EvaluatedSplit(evidence, first.classes, first.tasks))
    defective = np.array([image.defective for image in evidence])
    parts = [fold.suspicion for fold in folds if fold.suspicion is not None]
    suspicion = np.concatenate(parts) if len(parts) == len(folds) else None

    def figures(weights: Ints | None) -> dict[str, float | None]:
        values = heads(weights)
        if suspicion is not None:
            values["verdict.roc_auc"] = Ranking.of(defective, suspicion, weights).roc_auc
            for alarm in ALARMS:
                name = f"screening.escape_at_{alarm:.0%}"
                values[name] = escape_at(alarm, defective, suspicion, weights)
        return {name: values[name] for name in SHOWN if name in values}

    return evidence, figures


def escape_at(
    alarm: float, defective: Flags, suspicion: Floats, weights: Ints | None = None
) -> float:
    """Returns the escape rate at the lowest threshold that stops at most ``alarm`` of the good.

    The (images,) have a truth, a fused score of 0-1 and a weight, 1 if not given.
    """
    ranking = Ranking.of(defective, suspicion, weights)
    return float(1 - ranking.recall[ranking.false_alarm_rate <= alarm].max(initial=0))


def arm_figures(trainings: Sequence[Training]) -> tuple[Contender, dict[str, list[float]]]:
    """Returns an arm as a contender, whose figures are means over seeds, and those of each seed.

    The trainings are of one arm and fraction; every seed has the same folds.
    """
    seeds: dict[int, list[Result]] = {}
    for training in trainings:
        seeds.setdefault(training.seed, []).append(read(training.result))
    pools = [pooled(folds) for folds in seeds.values()]

    def means(weights: Ints | None) -> Mapping[str, float | None]:
        by_seed = [figures(weights) for _, figures in pools]
        return {name: mean([values[name] for values in by_seed]) for name in by_seed[0]}

    each = [figures(None) for _, figures in pools]
    of_seeds = {
        name: [value for values in each if (value := values[name]) is not None] for name in each[0]
    }
    return Contender(trainings[0].arm.name, pools[0][0], means), of_seeds


def mean(values: Sequence[float | None]) -> float | None:
    """Returns the mean; ``None`` where one of the values does not exist."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if len(known) == len(values) else None
