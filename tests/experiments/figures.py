"""What the trainings of an experiment are worth: all folds' test images together, arm by arm."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from auxnet_cli.scoring.comparison import Contender, comparison
from auxnet_cli.scoring.evidence import Evidence, Flags, Floats, Ints
from auxnet_cli.scoring.metrics.curves import roc
from auxnet_cli.scoring.scores import headlines
from tests.experiments.result import Result, read
from tests.experiments.training import Training

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
    **{f"screening.escape_at_{alarm:.0%}": f"escape at {alarm:.0%}" for alarm in ALARMS},
}

Figures = Callable[[Ints | None], dict[str, float | None]]


def pooled(folds: Sequence[Result]) -> tuple[list[Evidence], Figures]:
    """The evidence of all folds' test images, and the figures of their weights."""
    evidence = [one for fold in folds for one in fold.evidence]
    first = folds[0]
    heads = headlines(evidence, first.classes, first.tasks)
    defective = np.array([one.defective for one in evidence])
    parts = [fold.suspicion for fold in folds if fold.suspicion is not None]
    suspicion = np.concatenate(parts) if len(parts) == len(folds) else None

    def figures(weights: Ints | None) -> dict[str, float | None]:
        found = heads(weights)
        if suspicion is not None:
            for alarm in ALARMS:
                name = f"screening.escape_at_{alarm:.0%}"
                found[name] = escape_at(alarm, defective, suspicion, weights)
        return {name: found[name] for name in SHOWN if name in found}

    return evidence, figures


def escape_at(
    alarm: float, defective: Flags, suspicion: Floats, weights: Ints | None = None
) -> float:
    """The escape rate at the lowest threshold that stops at most ``alarm`` of the good images."""
    false, true, _ = roc(defective, suspicion, weights)
    return float(1 - true[false <= alarm].max(initial=0))


def arm_figures(trainings: Sequence[Training]) -> tuple[Contender, dict[str, list[float]]]:
    """An arm as a contender, whose figures are means over the seeds; and those of each seed.

    Args:
        trainings: of one arm and fraction; every seed has the same folds.
    """
    seeds: dict[int, list[Result]] = {}
    for training in trainings:
        seeds.setdefault(training.seed, []).append(read(training.result))
    pools = [pooled(folds) for folds in seeds.values()]

    def mean(weights: Ints | None) -> Mapping[str, float | None]:
        found = [figures(weights) for _, figures in pools]
        return {name: _mean([own[name] for own in found]) for name in found[0]}

    each = [figures(None) for _, figures in pools]
    of_seeds = {
        name: [value for own in each if (value := own[name]) is not None] for name in each[0]
    }
    return Contender(trainings[0].arm.name, pools[0][0], mean), of_seeds


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if len(known) == len(values) else None


def table(arms: Sequence[Sequence[Training]]) -> str:
    """Markdown: an arm a row; below, what each differs from the first by, with a 95 % interval.

    Of several seeds a cell has mean ± spread, of a single one the figure and its interval.

    Args:
        arms: the finished trainings of each arm.
    """
    made = [arm_figures(trainings) for trainings in arms]
    names = [name for name in SHOWN if any(name in seeds for _, seeds in made)]
    lines = [_row("", [SHOWN[name] for name in names]), _row("---", ["---"] * len(names))]
    document = comparison([contender for contender, _ in made])
    for (contender, seeds), run in zip(made, document["runs"], strict=True):
        cells = [_figure(seeds.get(name, []), run["ci95"].get(name)) for name in names]
        lines.append(_row(f"{contender.name} ({len(next(iter(seeds.values())))})", cells))
    for difference in document["differences"]:
        cells = [_difference(difference["figures"].get(name)) for name in names]
        lines.append(_row(f"{difference['run']} − {difference['against']}", cells))
    return "\n".join(lines) + "\n"


def _row(head: str, cells: Sequence[str]) -> str:
    return f"| {head} | {' | '.join(cells)} |"


def _figure(of_seeds: Sequence[float], interval: Sequence[float] | None) -> str:
    if not of_seeds:
        return ""
    if len(of_seeds) > 1:
        return f"{np.mean(of_seeds):.3f} ± {np.std(of_seeds, ddof=1):.3f}"
    return f"{of_seeds[0]:.3f}" + (f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else "")


def _difference(figure: Mapping[str, Any] | None) -> str:
    if figure is None or figure["difference"] is None:
        return ""
    interval = figure["ci95"]
    ends = f" ({interval[0]:+.3f} to {interval[1]:+.3f})" if interval else ""
    return f"{figure['difference']:+.3f}{ends}"


def finished(trainings: Sequence[Training]) -> dict[float, list[list[Training]]]:
    """By fraction, arm by arm, the trainings whose seeds can be compared.

    Of a seed all folds are finished, and it is one of all the arms that have any: a lucky seed
    of one arm must not stand beside an unlucky one of another.
    """
    folds: dict[tuple[float, str, int], list[Training]] = {}
    for training in trainings:
        cell = (training.fraction, training.arm.name, training.seed)
        folds.setdefault(cell, []).append(training)
    arms: dict[float, dict[str, dict[int, list[Training]]]] = {}
    for (fraction, name, seed), own in folds.items():
        if all(training.done for training in own):
            arms.setdefault(fraction, {}).setdefault(name, {})[seed] = own
    compared = {fraction: _of_common_seeds([*found.values()]) for fraction, found in arms.items()}
    return {fraction: own for fraction, own in compared.items() if own}


def _of_common_seeds(arms: Sequence[Mapping[int, list[Training]]]) -> list[list[Training]]:
    common = set(arms[0]).intersection(*arms)
    if not common:
        return []
    return [
        [training for seed, own in seeds.items() if seed in common for training in own]
        for seeds in arms
    ]
