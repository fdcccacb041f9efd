"""Compares runs: predicts the same split with each of them."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from auxnet_cli import __version__
from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.documents.comparison import SCHEMA, ComparedRun, Comparison, RunFigures
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.documents.section import Entries
from auxnet_cli.errors import InputError
from auxnet_cli.inference.evaluate_split import gather_split
from auxnet_cli.inspector import Inspector
from auxnet_cli.reports.comparison.page import CHARTS, comparison_files
from auxnet_cli.reports.comparison.tables import comparison_markdown
from auxnet_cli.reports.folder import write_files
from auxnet_cli.scoring.comparison import Contender, comparison
from auxnet_cli.scoring.evidence import EvaluatedSplit, Evidence
from auxnet_cli.scoring.metrics.classification import Classification
from auxnet_cli.scoring.metrics.screening import check_costs
from auxnet_cli.scoring.scores import exact_headlines, headlines
from auxnet_cli.system.files import check_folder, json_text
from auxnet_cli.system.paths import StrPath, as_path, as_paths
from auxnet_cli.verdict.verdict import Verdict
from auxnet_cli.workspace import find_dataset, find_run


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
) -> Comparison:
    """Sets runs side by side on the same images.

    Writes ``comparison.json``, ``comparison.md`` and ``comparison.html``.

    Args:
        runs: two or more, or their model files; the others are compared with the first.
        data: a prepared data set; the newest in ``./data`` if not given.
        split: ``train``, ``val`` or ``test``.
        out: folder for the comparison; :func:`comparison_folder` if not given.
        cost_escape: of a defective image passed as good, in any unit.
        cost_false_alarm: of a good image stopped, in the same unit.
        engine: a name of ``inference.engines.registry.ENGINES``.
        precision: of ``inference.engines.registry.PRECISIONS``.

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
    evidence, unreadable = _inspect(folders, records, engine, precision)
    splits = {
        name: EvaluatedSplit(
            evidence[name],
            card.classes,
            card.tasks,
            card.decision,
            cost_escape=cost_escape,
            cost_false_alarm=cost_false_alarm,
        )
        for name, card in cards.items()
    }
    figures = comparison(
        [
            Contender(name, judged.evidence, headlines(judged), exact_headlines(judged))
            for name, judged in splits.items()
        ]
    )
    document = Comparison(
        schema=SCHEMA,
        tool_version=__version__,
        dataset=dataset.identity(),
        split=split,
        images=len(next(iter(evidence.values()))),
        cost_escape=cost_escape,
        cost_false_alarm=cost_false_alarm,
        groups=figures.groups,
        replicates=figures.replicates,
        seed=figures.seed,
        runs=[_compared_run(cards[run.name], splits[run.name], run) for run in figures.runs],
        differences=figures.differences,
        unreadable=unreadable,
    )
    files = {
        **comparison_files(document),
        "comparison.md": comparison_markdown(document),
        "comparison.json": json_text(document.document()),
    }
    write_files(comparison_folder(paths, split, out), files, CHARTS)
    return document


def comparison_folder(runs: Sequence[StrPath], split: str, out: StrPath | None) -> Path:
    """Returns the folder that :func:`compare` writes to, given the same arguments.

    It is ``comparisons/<first>-<second>-<split>`` if ``out`` is not given. With more runs the
    second is followed by how many more there are, and by eight digits of the hash of their names.
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
    """Returns the runs' folders by name; by path where two have one name."""
    if len(runs) < 2:
        raise InputError("A comparison needs two runs or more: auxnet compare RUN RUN...")
    folders = [find_run(run) for run in runs]
    paths = [folder.resolve() for folder in folders]
    for folder, path in zip(folders, paths, strict=True):
        if paths.count(path) > 1:
            raise InputError(f"The run {folder} is named twice: name runs that differ.")
    names = [path.name for path in paths]
    return {
        folder.as_posix() if names.count(name) > 1 else name: folder
        for name, folder in zip(names, folders, strict=True)
    }


def _inspect(
    folders: Mapping[str, Path], records: Sequence[Record], engine: str, precision: str
) -> tuple[dict[str, list[Evidence]], list[str]]:
    """Returns each run's evidence on the images that all can read, and the names of the others."""
    gathered: dict[str, list[Evidence]] = {}
    lost: set[str] = set()
    for name, run in folders.items():
        inspector = Inspector.open(run, engine, precision=precision, images=len(records))
        gathered[name], unreadable = gather_split(inspector, records, progress=True)
        lost.update(unreadable)
    common = {
        name: [image for image in evidence if image.name not in lost]
        for name, evidence in gathered.items()
    }
    return common, [record.name for record in records if record.name in lost]


def _compared_run(card: ModelCard, split: EvaluatedSplit, figures: RunFigures) -> ComparedRun:
    """Joins what is known of a run with its figures."""
    of_classes: Entries = {}
    if "cls" in card.tasks:
        precision_classes = Classification(split).section()["precision_classes"]
        of_classes = {"classes": len(card.classes), "precision_classes": precision_classes}
    return ComparedRun(
        sha256=card.sha256,
        tasks=list(card.tasks),
        parameters=card.parameters,
        dataset=card.dataset,
        threshold_rule=Verdict(card.decision).rule(card.voters),
        **of_classes,
        **figures.entries(),
    )
