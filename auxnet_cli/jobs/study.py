"""Runs one of the paper's tables here: trains its arms, scores them, and judges its claims."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.documents.study import Study
from auxnet_cli.errors import InputError, nearest
from auxnet_cli.jobs.benchmark import benchmark
from auxnet_cli.reports.folder import write_files
from auxnet_cli.reports.study.charts import CHARTS
from auxnet_cli.reports.study.page import study_files
from auxnet_cli.studies.budgets import BUDGETS, Budget
from auxnet_cli.studies.latency import latency_document, rivals
from auxnet_cli.studies.paper_result import study_document
from auxnet_cli.studies.paper_studies import LATENCY, NAMES, PAPER_STUDIES
from auxnet_cli.studies.paper_study import PaperArm
from auxnet_cli.studies.running import train_missing
from auxnet_cli.studies.study import Study as Plan
from auxnet_cli.studies.training import Training
from auxnet_cli.system.cpu import usable_cores
from auxnet_cli.system.files import check_folder, json_text
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.terminal import console, warn
from auxnet_cli.workspace import find_dataset

OUT = Path("studies")


def study(
    name: str,
    data: StrPath | None = None,
    *,
    seeds: int | None = None,
    budget: str = "plant",
    folds: Sequence[str] = (),
    parallel: int | None = None,
    out: StrPath | None = None,
    table: bool = False,
) -> Study:
    """Trains what a table of the paper needs, and writes the table beside the paper's.

    What is trained stays, also for other studies: the same call goes on where it was stopped.

    Args:
        name: of ``studies.paper_studies.NAMES``.
        data: a prepared data set; the newest in ``./data`` if not given.
        seeds: trainings of each arm; the budget's number if not given.
        budget: a name of ``studies.budgets.BUDGETS``.
        folds: of the data set, by name; all that it has if not given.
        parallel: trainings at a time, each on cores of its own; as many as there are cores, and
            half as many of more than four, if not given.
        out: folder of all studies; ``./studies`` if not given. The table is in
            ``<name>-<data>-<budget>`` in it.
        table: train nothing, and make the table of what is trained.

    Raises:
        InputError: there is no such study, budget, data set or fold, a number is out of range, or
            nothing is trained yet.
        KeyboardInterrupt: Ctrl-C; the same call goes on.
    """
    root = as_path(out) or OUT
    _check("study", name, NAMES)
    _check("budget", budget, BUDGETS)
    for what, number in (("seeds", seeds), ("parallel", parallel)):
        if number is not None and number < 1:
            raise InputError(f"`{what}` {number} is not possible: take 1 or more.")
    check_folder(root)
    if name == LATENCY:
        document = _latency(study_folder(name, data, budget, out), budget)
    else:
        dataset = Dataset.open(find_dataset(as_path(data)))
        plans = _plans(name, BUDGETS[budget], dataset, seeds, folds, root / "trainings" / budget)
        every = [training for of_arm in plans.values() for training in of_arm]
        if not table:
            ordered = sorted(every, key=lambda training: training.seed)
            for training in train_missing(ordered, parallel or _side_by_side(), _say):
                warn(f"{training.arm.name} is left out of the table.")
        if not any(training.done for training in every):
            raise InputError(f"Nothing of {name} is trained in {root}: leave `table` out.")
        whole = {training.data for training in every if training.fraction == 1}
        names = sorted(data.name for data in whole if data != dataset.root)
        count = seeds or BUDGETS[budget].seeds
        document = study_document(name, budget, dataset, names, count, plans)
    files = {**study_files(document), "study.json": json_text(document.document())}
    write_files(study_folder(name, data, budget, out), files, CHARTS)
    return document


def study_folder(name: str, data: StrPath | None, budget: str, out: StrPath | None) -> Path:
    """Returns the folder that :func:`study` writes to, given the same arguments."""
    root = as_path(out) or OUT
    if name == LATENCY:
        return root / f"{LATENCY}-{budget}"
    return root / f"{name}-{Dataset.open(find_dataset(as_path(data))).name}-{budget}"


def _latency(folder: Path, budget: str) -> Study:
    """Times Defect-Aux-Net of the paper, its single-task networks and all rivals."""
    quick = budget == "quick"
    result = benchmark(
        preset="swift" if quick else "paper",
        engines=("tensorflow", "openvino"),
        networks=rivals(budget),
        size=(64, 96) if quick else None,
        runs=5 if quick else 30,
        thorough=False,
        out=folder / "benchmark.json",
    )
    return latency_document(result, budget)


def _say(text: str) -> None:
    console(errors=True).print(text, markup=False)


def _check(what: str, name: str, known: Iterable[str]) -> None:
    names = [*known]
    if name not in names:
        raise InputError(
            f"There is no {what} '{name}'.{nearest(name, names)} Known: {', '.join(names)}."
        )


def _plans(
    name: str,
    budget: Budget,
    dataset: Dataset,
    seeds: int | None,
    folds: Sequence[str],
    out: Path,
) -> Mapping[str, list[Training]]:
    """Returns the trainings of each arm, by its name in the table."""
    study = PAPER_STUDIES[name]
    weights = _common_weights(study.arms.values(), budget)
    plans: dict[str, list[Training]] = {}
    for title, arm in study.arms.items():
        plan = Plan(
            (arm.arm(budget, weights),),
            epochs=budget.epochs,
            seeds=seeds or budget.seeds,
            fractions=study.fractions,
            options=budget.options,
            validations=budget.validations,
        )
        plans[title] = list(plan.trainings(dataset.root, None, out, out / "results", folds))
    return plans


def _common_weights(arms: Iterable[PaperArm], budget: Budget) -> str:
    """Returns the weights that all arms start from: ImageNet's where all can have them."""
    if "model.weights=none" in budget.options:
        return "none"
    from auxnet_cli.model.encoders.weights import find_weights  # starts a back end

    encoders = {arm.encoder(budget) for arm in arms}
    known = all(find_weights("auto", encoder).donor is not None for encoder in encoders)
    return "imagenet" if known else "none"


def _side_by_side() -> int:
    cores = usable_cores()
    return cores if cores <= 4 else cores // 2
