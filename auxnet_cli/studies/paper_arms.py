"""Scores the arms of a study of the paper: figures over all seeds, and of each class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from auxnet_cli.documents.comparison import ComparisonFigures
from auxnet_cli.documents.study import StudyArm, StudyFigure
from auxnet_cli.scoring.comparison import Contender
from auxnet_cli.scoring.evidence import EvaluatedSplit
from auxnet_cli.scoring.scores import class_figures
from auxnet_cli.studies.facts import Facts
from auxnet_cli.studies.figures import arm_figures, mean
from auxnet_cli.studies.paper_study import PaperStudy
from auxnet_cli.studies.stored_result import Result, read
from auxnet_cli.studies.training import Training

OF_CLASSES = {"detection.map": "detection.ap", "detection.map50": "detection.ap50"}
"""A mean over the classes → what it is the mean of, where that has another name."""


@dataclass(frozen=True)
class TrainedArm:
    """The trainings of an arm, scored.

    Attributes:
        contender: its figures, means over the seeds.
        seeds: the figure of each seed, by metric.
        per_class: class → metric → its mean over the seeds.
    """

    contender: Contender
    seeds: Mapping[str, Sequence[float]]
    per_class: Mapping[str, Mapping[str, float | None]]
    facts: Sequence[Facts]
    tasks: str


def scored_arms(
    done: Sequence[Sequence[Training]], trainings: Mapping[str, Sequence[Training]]
) -> dict[str, TrainedArm]:
    """Returns the arms that are trained, by name, in the order of the study."""
    by_arm = {of_arm[0].arm: of_arm for of_arm in done}
    found = {}
    for name, of_arm in trainings.items():
        if of_arm[0].arm in by_arm:
            mine = by_arm[of_arm[0].arm]
            contender, seeds = arm_figures(mine)
            results = [(training.seed, read(training.result)) for training in mine]
            found[name] = TrainedArm(
                replace(contender, name=name),
                seeds,
                _of_classes(results),
                [result.facts for _, result in results if result.facts is not None],
                mine[0].arm.tasks,
            )
    return found


def _of_classes(results: Sequence[tuple[int, Result]]) -> dict[str, dict[str, float | None]]:
    """Returns the figures of each class, means over the seeds; the folds of a seed are pooled."""
    by_seed: dict[int, list[Result]] = {}
    for seed, result in results:
        by_seed.setdefault(seed, []).append(result)
    each = []
    for folds in by_seed.values():
        evidence = [image for fold in folds for image in fold.evidence]
        each.append(class_figures(EvaluatedSplit(evidence, folds[0].classes, folds[0].tasks)))
    return {
        name: {metric: mean([seed[name][metric] for seed in each]) for metric in each[0][name]}
        for name in each[0]
    }


def study_arms(
    study: PaperStudy,
    fraction: float,
    trained: Mapping[str, TrainedArm],
    figures: ComparisonFigures,
) -> list[StudyArm]:
    """Returns the arms as ``study.json`` has them; ``figures`` are those of their comparison."""
    arms = []
    for (name, arm), run in zip(trained.items(), figures.runs, strict=True):
        paper = study.arms[name].paper if fraction == 1 else {}
        shown = {
            metric: StudyFigure(
                mean=run.figures[metric],
                spread=float(np.std(values, ddof=1)) if len(values) > 1 else None,
                ci95=run.ci95[metric],
                paper=paper.get(metric),
            )
            for metric in study.metrics
            if (values := arm.seeds.get(metric))
        }
        minutes = [facts.minutes for facts in arm.facts]
        arms.append(
            StudyArm(
                name=name,
                tasks=arm.tasks.split(","),
                parameters=arm.facts[0].parameters if arm.facts else None,
                seeds=max((len(values) for values in arm.seeds.values()), default=0),
                minutes=round(float(np.mean(minutes)), 1) if minutes else None,
                fraction=fraction,
                settings=arm.facts[0].settings if arm.facts else {},
                figures=shown,
                per_class={
                    label: {
                        metric: known[OF_CLASSES.get(metric, metric)]
                        for metric in shown
                        if OF_CLASSES.get(metric, metric) in known
                    }
                    for label, known in arm.per_class.items()
                },
            )
        )
    return arms
