"""Evaluating is predicting a split and scoring it."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from auxnet_cli import __version__
from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.data.record_image import read_record
from auxnet_cli.errors import InputError
from auxnet_cli.files import write_json, write_text
from auxnet_cli.inspection import Inspection
from auxnet_cli.reports.markdown import markdown
from auxnet_cli.runtime.inspector import Inspector
from auxnet_cli.scoring.scores import score
from auxnet_cli.workspace import find_dataset, find_run

SCHEMA = "auxnet/report/1"
BATCH = 8


def evaluate(
    model: Path | None = None,
    data: Path | None = None,
    split: str = "test",
    out: Path | None = None,
) -> dict[str, Any]:
    """Score a run on a split and write ``report.json`` and ``report.md``.

    Args:
        model: a run or its model file; ``runs/latest`` if not given.
        data: a prepared data set; the newest in ``./data`` if not given.
        split: ``train``, ``val`` or ``test``.
        out: folder for the report; ``<run>/evaluation/<split>`` if not given.

    Returns:
        The report, as in ``report.json``.

    Raises:
        InputError: there is no such run, data set or split, the split is empty or none of its
            images can be read, or the classes of run and data set differ.
    """
    run = find_run(model)
    dataset = Dataset.open(find_dataset(data))
    records = dataset.split(split)
    if not records:
        raise InputError(
            f"The split '{split}' of {dataset.root} holds no image: take another with --split, or "
            f"prepare the data set with a larger --{split}."
        )
    inspector = Inspector.open(run)
    _check_classes(run, inspector.card.classes, dataset)
    report = _report(inspector, dataset, split, records)
    folder = report_folder(run, split, out)
    write_json(folder / "report.json", report)
    write_text(folder / "report.md", markdown(report))
    return report


def report_folder(model: Path | None, split: str, out: Path | None) -> Path:
    """Where :func:`evaluate` writes, given the same arguments."""
    return out or find_run(model) / "evaluation" / split


def score_split(
    inspector: Inspector,
    records: Sequence[Record],
    classes: Sequence[str],
    batch: int = BATCH,
    progress: bool = False,
) -> dict[str, Any]:
    """Score an inspector on images, without files.

    Args:
        inspector: a model, ready to inspect.
        records: the images with their truth.
        classes: the defect classes, in order.
        batch: images that are read before they are inspected together.
        progress: whether to show a bar.

    Returns:
        The sections of :func:`auxnet_cli.scoring.scores.score` and ``unreadable``: the names of the
        images that could not be read or have changed their size; these are reported on standard
        error and not scored.

    Raises:
        InputError: none of the images can be read.
    """
    unreadable: list[str] = []
    hidden = None if progress else True
    with tqdm(total=len(records), desc="evaluate", unit="image", disable=hidden) as bar:
        scores = score(
            _inspections(inspector, records, batch, unreadable, bar),
            classes,
            inspector.card.tasks,
            class_score=inspector.card.decision.class_score,
            threshold_rule=inspector.threshold_rule,
        )
    if records and not scores["images"]:
        raise InputError(
            f"None of the {len(records)} images can be read, from {records[0].path} on: "
            "prepare the data set again."
        )
    return {**scores, "unreadable": unreadable}


def _inspections(
    inspector: Inspector,
    records: Sequence[Record],
    batch: int,
    unreadable: list[str],
    bar: "tqdm[Any]",
) -> Iterator[tuple[Record, Inspection]]:
    """Each readable image with its findings; the names of the others go to ``unreadable``."""
    for start in range(0, len(records), batch):
        readable: list[Record] = []
        images: list[NDArray[np.uint8]] = []
        for record in records[start : start + batch]:
            try:
                images.append(read_record(record, inspector.card.bits))
                readable.append(record)
            except InputError as error:
                unreadable.append(record.name)
                tqdm.write(f"Passed over: {error}", file=sys.stderr)
        if images:
            yield from zip(readable, inspector.inspect(images), strict=True)
        bar.update(len(records[start : start + batch]))


def _check_classes(run: Path, classes: tuple[str, ...], dataset: Dataset) -> None:
    if classes != dataset.classes:
        raise InputError(
            f"The run {run} knows the classes {', '.join(classes)}, but the data set "
            f"{dataset.root} has {', '.join(dataset.classes)}: name another run with --model or "
            "another data set with --data."
        )


def _report(
    inspector: Inspector, dataset: Dataset, split: str, records: Sequence[Record]
) -> dict[str, Any]:
    card = inspector.card
    return {
        "schema": SCHEMA,
        "tool_version": __version__,
        "model": {
            "sha256": card.sha256,
            "tasks": list(card.tasks),
            "parameters": card.parameters,
            "initial_weights": card.initial_weights,
        },
        "dataset": {"name": dataset.name, "fingerprint": dataset.fingerprint},
        "split": split,
        **score_split(inspector, records, dataset.classes, progress=True),
    }
