"""The parity gate: an exported network must answer as the network that it was made from."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.exporting.parity_images import ParityImages
from auxnet_cli.inference.engines.engine import Engine, Outputs
from auxnet_cli.inference.network_inspector import NetworkInspector
from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.scoring.image_evidence import gather
from auxnet_cli.scoring.scores import score

TOLERANCE = 1e-3
"""Largest difference of a raw output at fp32.

It is put on logits, where nothing is hidden: a score is σ(logit), whose slope is 1/4 at most, so
that scores and mask probabilities differ by less than 0.00025. A box's offset counts in tenths or
fifths of its anchor: an anchor of 500 pixels moves by less than 0.1.
"""

FIGURES = {
    "accuracy": "classification",
    "dice": "segmentation",
    "map": "detection",
    "map50": "detection",
}


def parity(
    card: ModelCard,
    reference: Engine,
    candidate: Engine,
    images: ParityImages,
    tolerance: float = TOLERANCE,
) -> dict[str, Any]:
    """Run the same images through both networks, and compare what they say.

    Args:
        card: the model card of both.
        reference: runs the original network.
        candidate: runs the exported one.
        images: to run.
        tolerance: largest difference of a raw output.

    Returns:
        ``images``, their ``source``, ``tolerance``, ``passed``; ``outputs``: for each head its
        ``max_abs_difference``, and ``max_abs``, the reference's largest value; ``scores``: as
        :func:`changes` gives them; ``verdicts_changed``: images with another verdict. A difference
        that is no number, of a head that is missing or of another shape, is ``inf``, and ends it.
    """
    heads: dict[str, list[float]] = {}
    evidence: tuple[list[Evidence], list[Evidence]] = ([], [])
    count = changed = 0
    for image, record in images:
        count += 1
        recorder = _Recorder(reference)
        original = NetworkInspector.of(card, recorder).inspect([image])[0]
        answers = [candidate.run(batch) for batch in recorder.batches]
        for one, other in zip(recorder.answers, answers, strict=True):
            _compare(one, other, heads)
        if any(difference == float("inf") for difference, _ in heads.values()):
            break  # such answers cannot be decoded
        artefact = NetworkInspector.of(card, _Replay(candidate, answers)).inspect([image])[0]
        changed += original.defective != artefact.defective
        if record is not None:
            for own, inspection in zip(evidence, (original, artefact), strict=True):
                own.append(gather(record, inspection, len(card.classes)))
    outputs = {
        head: {"max_abs_difference": difference, "max_abs": size}
        for head, (difference, size) in heads.items()
    }
    within = [one["max_abs_difference"] <= tolerance for one in outputs.values()]
    return {
        "images": count,
        "source": images.source,
        "tolerance": tolerance,
        "outputs": outputs,
        "scores": changes(card, *evidence),
        "verdicts_changed": changed,
        "passed": bool(within) and all(within),
    }


class _Recorder:
    """An engine that keeps what it was asked and what it answered."""

    size: tuple[int, int] | None = None
    requests = 1

    def __init__(self, engine: Engine) -> None:
        self.name, self.precision = engine.name, engine.precision
        self.batches: list[NDArray[np.uint8]] = []
        self.answers: list[Outputs] = []
        self._engine = engine

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        answer = self._engine.run(images)
        self.batches.append(images)
        self.answers.append(answer)
        return answer


class _Replay:
    """An engine that gives answers once more, in their order."""

    size: tuple[int, int] | None = None
    requests = 1

    def __init__(self, engine: Engine, answers: Sequence[Outputs]) -> None:
        self.name, self.precision = engine.name, engine.precision
        self._answers = iter(answers)

    def run(self, images: NDArray[np.uint8]) -> Outputs:
        return next(self._answers)


def _compare(original: Outputs, artefact: Outputs, heads: dict[str, list[float]]) -> None:
    """Raise each head's largest difference and value, where these are larger."""
    for head in sorted({*original, *artefact}):
        found = heads.setdefault(head, [0.0, 0.0])
        one, other = original.get(head), artefact.get(head)
        difference = float("inf")
        if one is not None and other is not None and one.shape == other.shape:
            worst = float(np.abs(one - other).max())
            difference = worst if np.isfinite(worst) else difference
        found[0] = max(found[0], difference)
        if one is not None:
            found[1] = max(found[1], float(np.abs(one).max()))


def changes(
    card: ModelCard, reference: Sequence[Evidence], artefact: Sequence[Evidence]
) -> dict[str, Any]:
    """The headline figures of both networks.

    Args:
        card: the model card.
        reference: of images, by the original network.
        artefact: of the same images, by the other one.

    Returns:
        For each of ``FIGURES`` ``reference``, ``artefact`` and ``change``; ``None`` where there is
        no truth to tell it by.
    """
    found: dict[str, Any] = dict.fromkeys(FIGURES)
    if not reference:
        return found
    sections = [
        score(own, card.classes, card.tasks, card.decision.class_score)
        for own in (reference, artefact)
    ]
    for figure, name in FIGURES.items():
        before, after = (one[name][figure] if one[name] else None for one in sections)
        if before is not None and after is not None:
            found[figure] = {"reference": before, "artefact": after, "change": after - before}
    return found
