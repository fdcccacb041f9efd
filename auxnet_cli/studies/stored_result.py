"""Stores the evidence of a training's test images, from which every figure can be computed.

The file stands by itself: a study goes on, and its table is made again, after the runs are
removed. It is compressed JSON, one line for the training and one for each image.

    python -m auxnet_cli.studies.stored_result RUN DATA OUT --recipe JSON --groups FILE
"""

import argparse
import json
import lzma
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.inference.evaluate_split import gather_split
from auxnet_cli.inspector import Inspector
from auxnet_cli.scoring.calibration.fusion import fit_fusion, fused_voters
from auxnet_cli.scoring.evidence import Evidence, Flaw, Floats
from auxnet_cli.studies.facts import Facts, training_facts
from auxnet_cli.studies.subset import read_groups
from auxnet_cli.system.files import write_bytes
from auxnet_cli.verdict.fused_votes import fuse

Recipe = Mapping[str, Any]
"""All that a result depends on, as JSON."""

SCORE, PLACE = 4, 1
"""Decimals that are stored of scores, and of the coordinates of boxes in pixels."""


@dataclass(frozen=True)
class Result:
    """The test images of one training.

    Attributes:
        facts: of the training; ``None`` of a result that an earlier version stored.
        suspicion: (images,) 0-1, how strongly the fused heads hold the image to be defective; the
            fusion is fitted on the validation split. ``None`` where that shows no good image.
    """

    evidence: list[Evidence]
    suspicion: Floats | None
    classes: tuple[str, ...]
    tasks: tuple[str, ...]
    facts: Facts | None = None


def inspect(run: Path, data: Path, groups: Mapping[str, str]) -> Result:
    """Inspects the test split of a data set with a finished run.

    An image has the group that ``groups`` names, else that of the data set.
    """
    dataset, inspector = Dataset.open(data), Inspector.open(run)
    known, unknown = (gather_split(inspector, dataset.split(split))[0] for split in ("val", "test"))
    unknown = [replace(image, group=groups.get(image.name, image.group)) for image in unknown]
    labels = np.array([image.labels for image in known])
    suspicion = None
    if not labels.any(axis=1).all():
        weights, bias = fit_fusion(_votes(known), labels)
        suspicion = fuse(_votes(unknown), weights, bias).max(axis=1)
    card = inspector.card
    return Result(unknown, suspicion, card.classes, card.tasks, training_facts(run, card))


def _votes(evidence: Sequence[Evidence]) -> dict[str, Floats]:
    voters = fused_voters(evidence[0].votes)
    return {voter: np.array([image.votes[voter] for image in evidence]) for voter in voters}


def write(result: Result, recipe: Recipe, path: Path) -> None:
    """Stores a result with its recipe."""
    suspicion = None if result.suspicion is None else _rounded(result.suspicion)
    head = {
        "recipe": recipe,
        "classes": result.classes,
        "tasks": result.tasks,
        "suspicion": suspicion,
        "facts": result.facts and asdict(result.facts),
    }
    lines = [head, *map(_document, result.evidence)]
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    write_bytes(path, lzma.compress(text.encode(), preset=9))


def read_recipe(path: Path) -> Recipe | None:
    """Returns the recipe of a stored result; ``None`` where there is none."""
    if not path.exists():
        return None
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        recipe: Recipe = json.loads(next(lines))["recipe"]
        return recipe


def read(path: Path) -> Result:
    """Reads a result that :func:`write` stored."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        head, *images = map(json.loads, lines)
    return Result(
        [_evidence(image) for image in images],
        None if head["suspicion"] is None else np.array(head["suspicion"], np.float64),
        tuple(head["classes"]),
        tuple(head["tasks"]),
        Facts(**head["facts"]) if head.get("facts") else None,
    )


def _document(image: Evidence) -> dict[str, Any]:
    boxes = None
    if image.boxes is not None:
        places = image.boxes[:, 2:].round(PLACE).tolist()
        scores = image.boxes[:, 1].round(SCORE).tolist()
        labels = image.boxes[:, 0].astype(int).tolist()
        boxes = [[*row] for row in zip(labels, scores, *zip(*places, strict=True), strict=True)]
    return {
        "name": image.name,
        "group": image.group,
        "labels": image.labels.astype(int).tolist(),
        "stopped": image.stopped,
        "scores": None if image.scores is None else _rounded(image.scores),
        "votes": {head: _rounded(votes) for head, votes in image.votes.items()},
        "pixels": None if image.pixels is None else image.pixels.tolist(),
        "answer": boxes,
        "truth": image.truth.tolist(),
        "flaws": [list(vars(flaw).values()) for flaw in image.flaws],
    }


def _rounded(values: Floats) -> list[float]:
    rounded: list[float] = values.round(SCORE).tolist()
    return rounded


def _evidence(document: dict[str, Any]) -> Evidence:
    scores, pixels, boxes = (document[name] for name in ("scores", "pixels", "answer"))
    return Evidence(
        name=document["name"],
        group=document["group"],
        labels=np.array(document["labels"], np.bool_),
        stopped=document["stopped"],
        scores=None if scores is None else np.array(scores, np.float64),
        votes={head: np.array(votes, np.float64) for head, votes in document["votes"].items()},
        pixels=None if pixels is None else np.array(pixels, np.int64),
        boxes=None if boxes is None else np.array(boxes, np.float64).reshape(-1, 6),
        truth=np.array(document["truth"], np.float64).reshape(-1, 5),
        flaws=tuple(Flaw(*values) for values in document["flaws"]),
    )


def main() -> None:
    """Inspects a run on its test split and stores the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("run", "data", "out"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--recipe", type=json.loads, required=True)
    parser.add_argument("--groups", type=Path)
    options = parser.parse_args()
    write(
        inspect(options.run, options.data, read_groups(options.groups)), options.recipe, options.out
    )


if __name__ == "__main__":
    main()
