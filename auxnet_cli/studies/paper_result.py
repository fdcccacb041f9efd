"""Makes ``study.json`` from the trainings of one of the paper's tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from auxnet_cli import __version__
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.documents.comparison import ComparisonFigures
from auxnet_cli.documents.study import SCHEMA, Study, StudyArm, StudyClaim, StudyFigure
from auxnet_cli.scoring.comparison import Contender, comparison
from auxnet_cli.scoring.evidence import EvaluatedSplit
from auxnet_cli.scoring.scores import class_figures
from auxnet_cli.studies.budgets import BUDGETS
from auxnet_cli.studies.claims import Claim, judge, with_seeds
from auxnet_cli.studies.figures import SHOWN, arm_figures, mean
from auxnet_cli.studies.paper_studies import PAPER_STUDIES, PaperStudy
from auxnet_cli.studies.stored_result import Facts, Result, read
from auxnet_cli.studies.table import comparable_trainings
from auxnet_cli.studies.training import Training
from auxnet_cli.system.cpu import cpu

OF_CLASSES = {"detection.map": "detection.ap", "detection.map50": "detection.ap50"}
"""A mean over the classes → what it is the mean of, where that has another name."""

PAPERS = {"severstal": 12_568, "tekerreka": 1_650}
"""Images of the paper's data sets, by the kind of a prepared one."""


@dataclass(frozen=True)
class _Trained:
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


def study_document(
    name: str,
    budget: str,
    dataset: Dataset,
    folds: Sequence[str],
    seeds: int,
    trainings: Mapping[str, Sequence[Training]],
) -> Study:
    """Scores what is trained, and judges the claims.

    Args:
        name: of the study.
        budget: its name.
        dataset: as a whole.
        folds: of it, by name; empty where it is taken whole.
        seeds: how many were asked for.
        trainings: by the name of the arm in the table, whether they are done or not.
    """
    study = PAPER_STUDIES[name]
    every = [training for of_arm in trainings.values() for training in of_arm]
    arms: list[StudyArm] = []
    claims: list[StudyClaim] = []
    done = comparable_trainings(every)
    for fraction in study.fractions:
        trained = _scored(done.get(fraction, []), trainings)
        if not trained:
            continue
        figures = comparison([each.contender for each in trained.values()])
        arms += _arms(study, fraction, trained, figures)
        claims += [
            _judged(claim, trained, figures, BUDGETS[budget].judges)
            for claim in study.claims
            if claim.fraction == fraction
        ]
    images = sum(len(dataset.split(split)) for split in SPLITS)
    return Study(
        schema=SCHEMA,
        tool_version=__version__,
        name=name,
        title=study.title,
        budget=budget,
        budget_note=BUDGETS[budget].note,
        data=dataset.identity(),
        folds=list(folds),
        stand_in=images < PAPERS.get(dataset.kind, images + 1),
        cpu=cpu().model,
        seeds=seeds,
        unfinished=sum(not training.done for training in every),
        arms=arms,
        claims=claims,
    )


def _scored(
    done: Sequence[Sequence[Training]], trainings: Mapping[str, Sequence[Training]]
) -> dict[str, _Trained]:
    """Returns the arms that are trained, by name, in the order of the study."""
    by_arm = {of_arm[0].arm: of_arm for of_arm in done}
    found = {}
    for name, of_arm in trainings.items():
        if of_arm[0].arm in by_arm:
            mine = by_arm[of_arm[0].arm]
            contender, seeds = arm_figures(mine)
            results = [(training.seed, read(training.result)) for training in mine]
            found[name] = _Trained(
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


def _arms(
    study: PaperStudy,
    fraction: float,
    trained: Mapping[str, _Trained],
    figures: ComparisonFigures,
) -> list[StudyArm]:
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


def _judged(
    claim: Claim, trained: Mapping[str, _Trained], figures: ComparisonFigures, judges: bool
) -> StudyClaim:
    """Judges a claim; of arms that are not trained, or hardly, nothing can be told."""
    of_all = claim.fraction == 1
    text = f"{claim.better} has a higher {SHOWN[claim.metric]} than {claim.than}"
    text += "" if of_all else f", with {claim.fraction:.0%} of the images"
    difference, interval = None, None
    if {claim.better, claim.than} <= trained.keys():
        (against,) = (each for each in figures.differences if each.run == claim.than)
        measured = against.figures.get(claim.metric)
        if measured is not None and measured.difference is not None:
            difference = 0.0 - measured.difference
            pair = (trained[name].seeds[claim.metric] for name in (claim.better, claim.than))
            of_seeds = [ours - theirs for ours, theirs in zip(*pair, strict=True)]
            if measured.ci95 is not None:
                low, high = measured.ci95
                interval = with_seeds(difference, (-high, -low), of_seeds)
    return StudyClaim(
        text=text,
        metric=claim.metric,
        margin=claim.margin,
        verdict=judge(interval if judges else None, claim.margin),
        difference=difference,
        ci95=interval,
        paper=claim.paper,
    )
