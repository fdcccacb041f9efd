"""Comparing is predicting the same split with several runs."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from auxnet_cli import __version__
from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.evaluate_split import gather_split
from auxnet_cli.inspector import Inspector
from auxnet_cli.jobs.costs import check_costs
from auxnet_cli.reports.comparison.page import CHARTS, comparison_files
from auxnet_cli.reports.comparison.tables import comparison_markdown
from auxnet_cli.reports.folder import write_files
from auxnet_cli.scoring.comparison import Contender, comparison
from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.scoring.metrics.classification import Classification
from auxnet_cli.scoring.scores import exact_headlines, headlines
from auxnet_cli.system.files import check_folder, json_text
from auxnet_cli.system.paths import StrPath, as_path, as_paths
from auxnet_cli.verdict.verdict import Verdict
from auxnet_cli.workspace import find_dataset, find_run

SCHEMA = "auxnet/comparison/1"


def compare(
    runs: Sequence[StrPath],
    data: StrPath | None = None,
    split: str = "test",
    out: StrPath | None = None,
    *,
    cost_escape: float = 1.0,
    cost_false_alarm: float = 1.0,
    engine: str = "auto",
    precision: str = "fp32",
) -> dict[str, Any]:
    """Set runs side by side on the same images.

    Writes ``comparison.json``, ``comparison.md`` and ``comparison.html``.

    Args:
        runs: two or more, or their model files; the others are compared with the first.
        data: a prepared data set; the newest in ``./data`` if not given.
        split: ``train``, ``val`` or ``test``.
        out: folder for the comparison; :func:`comparison_folder` if not given.
        cost_escape: of a defective image passed as good, in any unit.
        cost_false_alarm: of a good image stopped, in the same.
        engine: a name of ``inference.engines.registry.ENGINES``.
        precision: of ``inference.engines.registry.PRECISIONS``.

    Returns:
        The comparison, as in ``comparison.json``: what
        :func:`auxnet_cli.scoring.comparison.comparison` gives, with the identity of runs and data.

    Raises:
        InputError: fewer than two runs, one named twice, there is no such run, data set or split,
            the split is empty or unreadable, a run knows other classes than the data set,
            ``out`` is a file, or a cost is out of range.
    """
    paths, data, out = as_paths(runs), as_path(data), as_path(out)
    check_costs(cost_escape, cost_false_alarm)
    check_folder(out)
    folders = _folders(paths)
    dataset = Dataset.open(find_dataset(data))
    records = dataset.filled_split(split)
    cards = {name: ModelCard.read(run / "model.json") for name, run in folders.items()}
    for name, card in cards.items():
        card.require_classes(dataset.classes, dataset.root, folders[name])
    found, unreadable = _inspect(folders, records, engine, precision)
    costs = cost_escape, cost_false_alarm
    result = comparison([_contender(name, cards[name], own, costs) for name, own in found.items()])
    document = {
        "schema": SCHEMA,
        "tool_version": __version__,
        "dataset": dataset.identity().model_dump(),
        "split": split,
        "images": len(next(iter(found.values()))),
        "cost_escape": cost_escape,
        "cost_false_alarm": cost_false_alarm,
        **result,
        "runs": [
            _identity(cards[run["name"]]) | _predicted(cards[run["name"]], found[run["name"]]) | run
            for run in result["runs"]
        ],
        "unreadable": unreadable,
    }
    files = {
        **comparison_files(document),
        "comparison.md": comparison_markdown(document),
        "comparison.json": json_text(document),
    }
    write_files(comparison_folder(paths, split, out), files, CHARTS)
    return document


def comparison_folder(runs: Sequence[StrPath], split: str, out: StrPath | None) -> Path:
    """Where :func:`compare` writes: ``comparisons/<first>-<second>-<split>`` if not told.

    With more runs the second is followed by how many more there are, and by eight digits of the
    hash of their names.
    """
    if out is not None:
        return Path(out)
    first, second, *more = [find_run(run).resolve().name for run in as_paths(runs)]
    others = second
    if more:
        digest = hashlib.sha256("\n".join((first, second, *more)).encode()).hexdigest()
        others = f"{second}-and-{len(more)}-{digest[:8]}"
    return Path("comparisons") / f"{first}-{others}-{split}"


def _folders(runs: Sequence[Path]) -> dict[str, Path]:
    """The runs' folders by name; by path where two have one name."""
    if len(runs) < 2:
        raise InputError("A comparison needs two runs or more: auxnet compare RUN RUN...")
    folders = [find_run(run) for run in runs]
    places = [folder.resolve() for folder in folders]
    for folder, place in zip(folders, places, strict=True):
        if places.count(place) > 1:
            raise InputError(f"The run {folder} is named twice: name runs that differ.")
    names = [place.name for place in places]
    return {
        folder.as_posix() if names.count(name) > 1 else name: folder
        for name, folder in zip(names, folders, strict=True)
    }


def _inspect(
    folders: Mapping[str, Path], records: Sequence[Record], engine: str, precision: str
) -> tuple[dict[str, list[Evidence]], list[str]]:
    """The evidence of each run on the images that all could read, and the names of the others."""
    found: dict[str, list[Evidence]] = {}
    lost: set[str] = set()
    for name, run in folders.items():
        inspector = Inspector.open(run, engine, precision=precision, images=len(records))
        found[name], unreadable = gather_split(inspector, records, progress=True)
        lost.update(unreadable)
    common = {
        name: [image for image in evidence if image.name not in lost]
        for name, evidence in found.items()
    }
    return common, [record.name for record in records if record.name in lost]


def _contender(
    name: str, card: ModelCard, evidence: list[Evidence], costs: tuple[float, float]
) -> Contender:
    asked = evidence, card.classes, card.tasks, card.decision.class_score
    return Contender(name, evidence, headlines(*asked, costs), exact_headlines(*asked))


def _predicted(card: ModelCard, evidence: list[Evidence]) -> dict[str, int]:
    """How many classes there are, and of how many the precision is the mean."""
    if "cls" not in card.tasks:
        return {}
    scores = Classification(evidence, card.classes, card.decision.class_score).section()
    return {"classes": len(card.classes), "precision_classes": scores["precision_classes"]}


def _identity(card: ModelCard) -> dict[str, Any]:
    return {
        "sha256": card.sha256,
        "tasks": list(card.tasks),
        "parameters": card.parameters,
        "dataset": card.dataset,
        "threshold_rule": Verdict(card.decision).rule(card.tasks),
    }
