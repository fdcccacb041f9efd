"""Evaluates a run: predicts a split and scores it."""

from collections.abc import Sequence
from pathlib import Path

from auxnet_cli import __version__
from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.data.record_image import read_record
from auxnet_cli.documents.report import SCHEMA, ModelIdentity, Report
from auxnet_cli.errors import InputError
from auxnet_cli.inference.evaluate_split import gather_split
from auxnet_cli.inspection import Inspection
from auxnet_cli.inspector import Inspector
from auxnet_cli.pruned_run import pruned_run
from auxnet_cli.reports.evaluation.gallery import InspectAgain, Masks, Pixels
from auxnet_cli.reports.evaluation.image_lines import image_lines
from auxnet_cli.reports.evaluation.page import CHARTS, report_files
from auxnet_cli.reports.evaluation.text import report_markdown
from auxnet_cli.reports.folder import write_files
from auxnet_cli.scoring.evidence import EvaluatedSplit
from auxnet_cli.scoring.metrics.screening import check_costs
from auxnet_cli.scoring.scores import full_score
from auxnet_cli.scoring.truth import Truth
from auxnet_cli.system.files import check_folder, json_text
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.workspace import find_dataset, find_run

JUDGING = {"size", "tile", "bits", "decision"}
"""Settings of a run that bear on how its images are judged."""


def evaluate(
    model: StrPath | None = None,
    data: StrPath | None = None,
    split: str = "test",
    out: StrPath | None = None,
    *,
    cost_escape: float = 1.0,
    cost_false_alarm: float = 1.0,
    mm_per_pixel: float | None = None,
    engine: str = "auto",
    precision: str = "fp32",
    mirrored: bool = False,
    tasks: Sequence[str] | None = None,
) -> Report:
    """Scores a run on a split and writes the report.

    ``report.json`` has all figures, ``report.md`` and ``report.html`` are to be read, ``figures/``
    has their drawings and ``images.jsonl`` a line for each image.

    Args:
        model: a run or its model file; ``runs/latest`` if not given.
        data: a prepared data set; the newest in ``./data`` if not given.
        split: ``train``, ``val`` or ``test``.
        out: folder for the report; ``<run>/evaluation/<split>`` if not given.
        cost_escape: of a defective image passed as good, in any unit.
        cost_false_alarm: of a good image stopped, in the same unit.
        mm_per_pixel: of the original images, so that sizes of defects come in millimetres.
        engine: of ``inference.engines.registry.ENGINES``; ``auto`` is what ``predict`` takes.
        precision: of ``inference.engines.registry.PRECISIONS``.
        mirrored: also inspect mirror images, as ``decision.mirrored`` says.
        tasks: those of the run's tasks to keep, see :func:`auxnet_cli.pruned_run.pruned_run`; the
            report then lies in the pruned run.

    Raises:
        InputError: there is no such run, data set or split, the split is empty or none of its
            images can be read, the classes of run and data set differ, a number is out of range, or
            ``out`` is a file.
    """
    model, data, out = as_path(model), as_path(data), as_path(out)
    check_costs(cost_escape, cost_false_alarm)
    if mm_per_pixel is not None and not 0 < mm_per_pixel < float("inf"):
        raise InputError(f"`mm_per_pixel` is {mm_per_pixel:g}, but a pixel is larger than 0 mm.")
    check_folder(out)
    run = pruned_run(find_run(model), tasks)
    dataset = Dataset.open(find_dataset(data))
    records = dataset.filled_split(split)
    inspector = Inspector.open(
        run, engine, precision=precision, images=len(records), mirrored=mirrored
    )
    card = inspector.card
    card.require_classes(dataset.classes, dataset.root, run)
    evidence, unreadable = gather_split(inspector, records, progress=True)
    evaluated = EvaluatedSplit(
        evidence,
        dataset.classes,
        card.tasks,
        card.decision,
        dataset.label_kind == "exclusive",
        cost_escape,
        cost_false_alarm,
        mm_per_pixel,
    )
    report = Report(
        schema=SCHEMA,
        tool_version=__version__,
        model=_identity(inspector),
        dataset=dataset.identity(),
        label_kind=dataset.label_kind,
        split=split,
        unreadable=unreadable,
        **full_score(evaluated),
    )
    document = report.document()
    look_again = _look_again(inspector, records)
    settings = card.model_dump(mode="json", include=JUDGING)
    files = {
        **report_files(document, evidence, look_again, dataset.classes, settings),
        "report.md": report_markdown(document),
        "images.jsonl": image_lines(evidence, dataset.classes),
        "report.json": json_text(document),
    }
    write_files(report_folder(run, split, out), files, CHARTS)
    return report


def report_folder(
    model: StrPath | None, split: str, out: StrPath | None, tasks: Sequence[str] | None = None
) -> Path:
    """Returns the folder that :func:`evaluate` writes to, given the same arguments."""
    if out is not None:
        return as_path(out)
    return pruned_run(find_run(as_path(model)), tasks) / "evaluation" / split


def _identity(inspector: Inspector) -> ModelIdentity:
    card = inspector.card
    return ModelIdentity(
        sha256=card.sha256,
        tasks=list(card.tasks),
        parameters=card.parameters,
        initial_weights=card.initial_weights,
        dataset=card.dataset,
        engine=inspector.engine.name,
        precision=inspector.engine.precision,
    )


def _look_again(inspector: Inspector, records: Sequence[Record]) -> InspectAgain:
    """Makes a function from an image's name to the image, its true masks and its inspection."""
    named = {record.name: record for record in records}

    def look_again(name: str) -> tuple[Pixels, Masks | None, Inspection]:
        record = named[name]
        truth = Truth(record, len(inspector.card.classes))
        image = read_record(record, inspector.card.bits)
        masks = truth.masks() if truth.has_masks else None
        return image, masks, inspector.inspect_batch([image])[0]

    return look_again
