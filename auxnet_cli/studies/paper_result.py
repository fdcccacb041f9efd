"""Makes ``study.json`` from the trainings of one of the paper's tables."""

from collections.abc import Mapping, Sequence

from auxnet_cli import __version__
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.documents.comparison import ComparisonFigures
from auxnet_cli.documents.study import SCHEMA, Study, StudyArm, StudyClaim
from auxnet_cli.scoring.comparison import comparison
from auxnet_cli.studies.budgets import BUDGETS
from auxnet_cli.studies.claims import Claim, judge, with_seeds
from auxnet_cli.studies.figures import SHOWN
from auxnet_cli.studies.paper_arms import TrainedArm, scored_arms, study_arms
from auxnet_cli.studies.paper_studies import PAPER_STUDIES
from auxnet_cli.studies.table import comparable_trainings
from auxnet_cli.studies.training import Training
from auxnet_cli.system.cpu import cpu

PAPERS = {"severstal": 12_568, "tekerreka": 1_650}
"""Images of the paper's data sets, by the kind of a prepared one."""


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
        trained = scored_arms(done.get(fraction, []), trainings)
        if not trained:
            continue
        figures = comparison([each.contender for each in trained.values()])
        arms += study_arms(study, fraction, trained, figures)
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


def _judged(
    claim: Claim, trained: Mapping[str, TrainedArm], figures: ComparisonFigures, judges: bool
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
