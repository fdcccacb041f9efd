"""Compares an exported network with the network that it was made from: the parity gate."""

from collections.abc import Iterable, Sequence

import numpy as np

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.documents.parity import Comparison, HeadDifference, ScoreChange
from auxnet_cli.exporting.parity_images import ParityImages
from auxnet_cli.inference.engines.engine import Engine, Outputs
from auxnet_cli.inference.network_inspector import NetworkInspector
from auxnet_cli.scoring.evidence import EvaluatedSplit, Evidence
from auxnet_cli.scoring.image_evidence import collect_evidence
from auxnet_cli.scoring.scores import score
from auxnet_cli.task import TASKS

TOLERANCE = 1e-3
"""Largest difference of a raw output at fp32.

It is put on logits, where nothing is hidden: a score is σ(logit), whose slope is 1/4 at most, so
that scores and mask probabilities differ by less than 0.00025. A box's offset counts in tenths or
fifths of its anchor: an anchor of 500 pixels moves by less than 0.1.
"""

SCORES = {score: task.section for task in TASKS.values() for score in task.scores}
"""The scores to compare, each with its section of the report."""

INFINITE = float("inf")


def parity(
    card: ModelCard,
    reference: Engine,
    candidate: Engine,
    images: ParityImages,
) -> Comparison:
    """Runs the same images through both networks, and compares what they say.

    A difference that is not a number, of a head that is missing or of another shape, is infinite,
    and ends the comparison.
    """
    inspector = NetworkInspector.of(card, reference)
    heads: dict[str, HeadDifference] = {}
    evidence: tuple[list[Evidence], list[Evidence]] = ([], [])
    count = changed = 0
    for image, record in images:
        count += 1
        batches = list(inspector.batches([image]))
        answers = [[engine.run(batch) for batch in batches] for engine in (reference, candidate)]
        (original,) = inspector.conclude([image], answers[0])
        _compare(zip(*answers, strict=True), heads)
        if any(head.max_abs_difference == INFINITE for head in heads.values()):
            break  # such answers cannot be decoded
        (artefact,) = inspector.conclude([image], answers[1])
        changed += original.defective != artefact.defective
        if record is not None:
            for gathered, inspection in zip(evidence, (original, artefact), strict=True):
                gathered.append(collect_evidence(record, inspection, len(card.classes)))
    within = [head.max_abs_difference <= TOLERANCE for head in heads.values()]
    return Comparison(
        images=count,
        source=images.source,
        tolerance=TOLERANCE,
        outputs=heads,
        scores=score_changes(card, *evidence),
        verdicts_changed=changed,
        passed=bool(within) and all(within),
    )


def _compare(answers: Iterable[tuple[Outputs, Outputs]], heads: dict[str, HeadDifference]) -> None:
    """Raises each head's largest difference and value, where these answers have larger ones."""
    for original, artefact in answers:
        for name in sorted({*original, *artefact}):
            before = heads.get(name, HeadDifference(max_abs_difference=0.0, max_abs=0.0))
            first, second = original.get(name), artefact.get(name)
            difference, size = INFINITE, 0.0
            if first is not None and second is not None and first.shape == second.shape:
                worst = float(np.abs(first - second).max())
                difference = worst if np.isfinite(worst) else INFINITE
            if first is not None:
                size = float(np.abs(first).max())
            heads[name] = HeadDifference(
                max_abs_difference=max(before.max_abs_difference, difference),
                max_abs=max(before.max_abs, size),
            )


def score_changes(
    card: ModelCard, reference: Sequence[Evidence], artefact: Sequence[Evidence]
) -> dict[str, ScoreChange | None]:
    """Scores both networks on the same images.

    Returns:
        Each of ``SCORES``; ``None`` where there is no truth to score by.
    """
    changes: dict[str, ScoreChange | None] = dict.fromkeys(SCORES)
    if not reference:
        return changes
    reports = [
        score(EvaluatedSplit(evidence, card.classes, card.tasks, card.decision, by_size=False))
        for evidence in (reference, artefact)
    ]
    for name, section in SCORES.items():
        before, after = (report[section][name] if report[section] else None for report in reports)
        if before is not None and after is not None:
            changes[name] = ScoreChange(reference=before, artefact=after, change=after - before)
    return changes
