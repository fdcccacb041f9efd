"""Evaluating is predicting a split and scoring it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli import __version__
from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.data.record_image import read_record
from auxnet_cli.errors import InputError
from auxnet_cli.inference.evaluate_split import gather_split
from auxnet_cli.inspection import Inspection
from auxnet_cli.inspector import Inspector
from auxnet_cli.jobs.costs import check_costs
from auxnet_cli.reports.evaluation.image_lines import image_lines
from auxnet_cli.reports.evaluation.markdown import report_markdown
from auxnet_cli.reports.evaluation.page import CHARTS, report_files
from auxnet_cli.reports.folder import write_files
from auxnet_cli.scoring.detectability.study import detectability
from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.scoring.metrics.agreement import agreement
from auxnet_cli.scoring.metrics.reliability import reliability
from auxnet_cli.scoring.scores import full_score
from auxnet_cli.scoring.truth import Truth
from auxnet_cli.system.files import check_folder, json_text
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.verdict.verdict import Verdict
from auxnet_cli.workspace import find_dataset, find_run

SCHEMA = "auxnet/report/1"


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
) -> dict[str, Any]:
    """Score a run on a split and write the report.

    ``report.json`` has all figures, ``report.md`` and ``report.html`` are to be read, ``figures/``
    has their drawings and ``images.jsonl`` a line for each image.

    Args:
        model: a run or its model file; ``runs/latest`` if not given.
        data: a prepared data set; the newest in ``./data`` if not given.
        split: ``train``, ``val`` or ``test``.
        out: folder for the report; ``<run>/evaluation/<split>`` if not given.
        cost_escape: of a defective image passed as good, in any unit.
        cost_false_alarm: of a good image stopped, in the same.
        mm_per_pixel: of the original images, so that sizes of defects come in millimetres.
        engine: of ``inference.engines.registry.ENGINES``; ``auto`` is what ``predict`` takes.
        precision: of ``inference.engines.registry.PRECISIONS``.

    Returns:
        The report, as in ``report.json``.

    Raises:
        InputError: there is no such run, data set or split, the split is empty or none of its
            images can be read, the classes of run and data set differ, a number is out of range, or
            ``out`` is a file.
    """
    model, data, out = as_path(model), as_path(data), as_path(out)
    _check_numbers(cost_escape, cost_false_alarm, mm_per_pixel)
    check_folder(out)
    run = find_run(model)
    dataset = Dataset.open(find_dataset(data))
    records = dataset.filled_split(split)
    inspector = Inspector.open(run, engine, precision=precision, images=len(records))
    inspector.card.require_classes(dataset.classes, dataset.root, run)
    evidence, unreadable = gather_split(inspector, records, progress=True)
    report = {
        **_identity(inspector, dataset, split),
        **_figures(inspector, dataset, evidence, (cost_escape, cost_false_alarm), mm_per_pixel),
        "unreadable": unreadable,
    }
    again = _look_again(inspector, records)
    files = {
        **report_files(report, evidence, again, dataset.classes, _settings(inspector)),
        "report.md": report_markdown(report),
        "images.jsonl": image_lines(evidence, dataset.classes),
        "report.json": json_text(report),
    }
    write_files(report_folder(run, split, out), files, CHARTS)
    return report


def report_folder(model: StrPath | None, split: str, out: StrPath | None) -> Path:
    """Where :func:`evaluate` writes, given the same arguments."""
    return as_path(out) or find_run(as_path(model)) / "evaluation" / split


def _figures(
    inspector: Inspector,
    dataset: Dataset,
    evidence: Sequence[Evidence],
    costs: tuple[float, float],
    mm_per_pixel: float | None,
) -> dict[str, Any]:
    card, classes = inspector.card, dataset.classes
    scores = full_score(
        evidence,
        classes,
        card.tasks,
        card.decision.class_score,
        inspector.threshold_rule,
        exclusive=dataset.label_kind == "exclusive",
        costs=costs,
    )
    reasons = dict(scores.pop("reasons", {}))
    doubts: dict[str, Any] = {
        "detectability": detectability(evidence, classes, mm_per_pixel),
        "agreement": agreement(evidence, classes, Verdict(card.decision).thresholds),
        "reliability": None,
    }
    if "cls" in card.tasks:
        doubts["reliability"] = reliability(
            evidence, classes, temperature=card.decision.temperature
        )
    else:
        reasons["reliability"] = reasons["classification"]
    return {**scores, **doubts, **({"reasons": reasons} if reasons else {})}


def _check_numbers(cost_escape: float, cost_false_alarm: float, scale: float | None) -> None:
    check_costs(cost_escape, cost_false_alarm)
    if scale is not None and not 0 < scale < float("inf"):
        raise InputError(f"--mm-per-pixel is {scale:g}, but a pixel is larger than 0 mm.")


def _identity(inspector: Inspector, dataset: Dataset, split: str) -> dict[str, Any]:
    card = inspector.card
    return {
        "schema": SCHEMA,
        "tool_version": __version__,
        "model": {
            "sha256": card.sha256,
            "tasks": list(card.tasks),
            "parameters": card.parameters,
            "initial_weights": card.initial_weights,
            "dataset": card.dataset,
            "engine": inspector.engine.name,
            "precision": inspector.engine.precision,
        },
        "dataset": dataset.identity().model_dump(),
        "label_kind": dataset.label_kind,
        "split": split,
    }


def _settings(inspector: Inspector) -> dict[str, Any]:
    """What of the run's settings bears on how its images are judged."""
    card = inspector.card
    return {
        "size": list(card.size),
        "tile": card.tile.model_dump(mode="json"),
        "bits": card.bits,
        "decision": card.decision.model_dump(mode="json"),
    }


Again = Callable[[str], tuple[NDArray[np.uint8], NDArray[np.bool_] | None, Inspection]]


def _look_again(inspector: Inspector, records: Sequence[Record]) -> Again:
    """A function from an image's name to the image, its true masks and the findings on it."""
    named = {record.name: record for record in records}

    def again(name: str) -> tuple[NDArray[np.uint8], NDArray[np.bool_] | None, Inspection]:
        record = named[name]
        truth = Truth(record, len(inspector.card.classes))
        image = read_record(record, inspector.card.bits)
        masks = truth.masks() if truth.has_masks else None
        return image, masks, inspector.inspect_batch([image])[0]

    return again
