"""Calibrates a run: fits a verdict that keeps a promise on the validation split."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.documents.calibration import CalibrationResult
from auxnet_cli.documents.model_card import CARD, ModelCard
from auxnet_cli.documents.section import Entries
from auxnet_cli.errors import InputError
from auxnet_cli.exporting.artefacts import EXPORTS
from auxnet_cli.inference.evaluate_split import gather_split
from auxnet_cli.inspector import Inspector
from auxnet_cli.jobs.calibration_target import CalibrationTarget
from auxnet_cli.reports.cautions import group_cautions, training_cautions
from auxnet_cli.scoring.calibration.fitted_verdict import fit_verdict
from auxnet_cli.scoring.calibration.fusion import fused_voters
from auxnet_cli.scoring.calibration.temperature import fit_temperature
from auxnet_cli.scoring.evidence import Evidence
from auxnet_cli.scoring.metrics.reliability import reliability_figures
from auxnet_cli.settings import DecisionSettings
from auxnet_cli.settings.calibration import Calibration
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.task import NOVELTY
from auxnet_cli.terminal import warn
from auxnet_cli.verdict.verdict import Verdict
from auxnet_cli.workspace import find_dataset, find_run

SPLIT = "val"


def calibrate(
    model: StrPath | None = None,
    data: StrPath | None = None,
    catch: float | None = None,
    false_alarms: float | None = None,
    temperature: bool = False,
    reset: bool = False,
    engine: str = "auto",
    precision: str = "fp32",
    unknown: bool = False,
) -> CalibrationResult:
    """Fits the verdict of a run on the validation split, and writes it into ``model.json``.

    Args:
        model: a run or its model file; ``runs/latest`` if not given.
        data: a prepared data set; the newest in ``./data`` if not given.
        catch: part of the defective images that must be stopped, above 0 and below 1.
        false_alarms: in place of it, part of the good images that may be stopped.
        temperature: also fit the temperature of the class scores; or that alone.
        reset: take calibration and temperature away instead.
        engine: a name of ``inference.engines.registry.ENGINES``.
        precision: of ``inference.engines.registry.PRECISIONS``.
        unknown: let the memory of good parts count as much as all heads together, for kinds of
            defect that the run has never seen.

    Returns:
        What was fitted, and the rule of the verdict from now on.

    Raises:
        InputError: the options contradict one another, there is no such run or data set, their
            classes differ, or the validation split is too small for the promise, or
            no head tells good images from defective ones, or a temperature cannot be fitted.
    """
    target = CalibrationTarget.of(catch, false_alarms)
    if reset == bool(target or temperature):
        raise InputError(
            "Give one of `catch` (part of the defective images to stop, such as 0.99) and "
            "`false_alarms` (part of the good images that may be stopped, such as 0.02), with or "
            "without `temperature`; or `reset`, alone."
        )
    if unknown and target is None:
        raise InputError("`unknown` goes with `catch` or `false_alarms`.")
    run = find_run(as_path(model))
    card = ModelCard.read(run / "model.json", calibrated=not reset)
    if unknown and card.memory is None:
        raise InputError(
            f"`unknown` needs a memory of good parts, and {run} has none: train with 20 good "
            "images or more, and without model.memory.vectors=0."
        )
    bare = card.decision.model_copy(update={"calibration": None})
    if reset:
        return _keep(run, card, bare.model_copy(update={"temperature": 1.0}))
    if target is None and card.decision.calibration is not None:
        raise InputError(
            f"The verdict of {run} is calibrated for the class scores as they are: repeat `catch` "
            "or `false_alarms` together with `temperature`, or `reset` first."
        )
    if temperature:
        _check_temperature(run, card)
    dataset = Dataset.open(find_dataset(as_path(data)))
    card.require_classes(dataset.classes, dataset.root, run)
    identity = dataset.identity().document()
    for caution in training_cautions(card.dataset, identity) + group_cautions(identity):
        warn(str(caution))
    records = dataset.filled_split(SPLIT)
    if target is not None:  # before the images are inspected
        target.check(np.array([bool(record.labels) for record in records]), dataset.root)
    inspector = Inspector.open(run, engine, bare, precision=precision, images=len(records))
    scores = None
    if temperature:
        bare, evidence, scores = _temper(inspector, bare, records)
    else:
        evidence = _inspect(inspector, bare, records)
    if target is None:
        return _keep(run, card, bare, scores)
    target.check(np.array([image.labels.any() for image in evidence]), dataset.root)
    # A memory always takes part: its weight is 0 where it does not help.
    named = [*Verdict(bare).voters(card.voters), NOVELTY]
    voters = fused_voters(voter for voter in card.voters if voter in named)
    promise = target.kind, target.level
    fitted = fit_verdict(evidence, voters, card.classes, *promise, dataset.fingerprint, unknown)
    _warn_of_chance(fitted.calibration)
    decision = bare.model_copy(update={"calibration": fitted.calibration})
    ahead = [bool(record.labels) for record in dataset.split("test")]
    return _keep(run, card, decision, scores, fitted.document(sum(ahead), ahead.count(False)))


def _check_temperature(run: Path, card: ModelCard) -> None:
    card.require(("cls",))
    if card.label_kind == "exclusive" and card.tile.size:
        raise InputError(
            f"{run} inspects in tiles and its classes exclude one another: the scores of an image "
            "are the highest of its tiles and no probabilities that one temperature could mend. "
            "Calibrate without `temperature`."
        )


def _warn_of_chance(calibration: Calibration) -> None:
    recall, alarms = calibration.recall, calibration.false_alarms
    if recall.low <= alarms.high:
        warn(
            f"The interval of the recall ({recall.low:.3f}-{recall.high:.3f}) is not above that of "
            f"the false alarms ({alarms.low:.3f}-{alarms.high:.3f}): on these images the verdict "
            "cannot be told from chance."
        )


def _temper(
    inspector: Inspector, decision: DecisionSettings, records: Sequence[Record]
) -> tuple[DecisionSettings, list[Evidence], Entries]:
    """Returns the decision with a fitted temperature, the evidence with it, and what it changed."""
    card = inspector.card
    plain = _inspect(inspector, decision.model_copy(update={"temperature": 1.0}), records)
    fitted = fit_temperature(
        np.array([image.scores for image in plain]),
        np.array([image.labels for image in plain]),
        card.label_kind == "exclusive",
    )
    tempered = decision.model_copy(update={"temperature": fitted})
    evidence = _inspect(inspector, tempered, records)
    before, after = (
        {name: figures[name] for name in ("expected_calibration_error", "brier")}
        for figures in (reliability_figures(plain), reliability_figures(evidence))
    )
    return tempered, evidence, {"value": fitted, "before": before, "after": after}


def _inspect(
    inspector: Inspector, decision: DecisionSettings, records: Sequence[Record]
) -> list[Evidence]:
    card = inspector.card.model_copy(update={"decision": decision})
    return gather_split(Inspector.of(card, inspector.engine), records, progress=True)[0]


def _keep(
    run: Path,
    card: ModelCard,
    decision: DecisionSettings,
    temperature: Entries | None = None,
    calibration: Entries | None = None,
) -> CalibrationResult:
    """Writes the decision into the model card and its copies; returns what was fitted."""
    card = card.model_copy(update={"decision": decision})
    for path in (run / "model.json", *run.glob(f"{EXPORTS}/*/{CARD}")):
        card.write(path)
    return CalibrationResult.model_validate(
        {
            "model": str(run),
            "rule": Verdict(decision).rule(card.voters),
            "temperature": temperature,
            "calibration": calibration,
        }
    )
