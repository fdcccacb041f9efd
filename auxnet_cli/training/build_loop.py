"""The parts of a training, made from its plan and put together."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from auxnet_cli import __version__
from auxnet_cli.backend import keras
from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.data.samples.cache import ImageCache
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.model.class_weights import ClassWeights, class_weights
from auxnet_cli.model.scaling import Scaling
from auxnet_cli.settings import Settings, TrainingSettings
from auxnet_cli.terminal import warn
from auxnet_cli.training.average import WeightAverage
from auxnet_cli.training.batches import Batches
from auxnet_cli.training.distributed.workers import ALONE, Workers
from auxnet_cli.training.initialisation import build
from auxnet_cli.training.logging.gallery import Gallery
from auxnet_cli.training.logging.loggers import open_loggers
from auxnet_cli.training.loop import Loop
from auxnet_cli.training.multitask_model import Trainee
from auxnet_cli.training.plan import Plan
from auxnet_cli.training.record import RunRecord
from auxnet_cli.training.schedule.freezing import freeze
from auxnet_cli.training.schedule.one_cycle import Constant, OneCycle, Policy
from auxnet_cli.training.schedule.optimizer import CycledAdam
from auxnet_cli.training.state import FILE, FOLDER, Checkpoint, State
from auxnet_cli.training.targets import TargetMaker
from auxnet_cli.training.teacher import find_teacher
from auxnet_cli.training.validation import Validator


def beginning(plan: Plan, initial_weights: str, network: keras.Model) -> State:
    """The state before the first step of training ``network``."""
    training = plan.settings.training
    return State(
        data=str(plan.dataset.root),
        fingerprint=plan.dataset.fingerprint,
        source=str(plan.source or ""),
        initial_weights=initial_weights,
        scaling=asdict(Scaling.of(network)),
        batch_size=training.batch_size,
        peak=None if training.find_lr else training.learning_rate,
    )


def assemble(
    plan: Plan,
    state: State,
    run: Path,
    first: keras.Model | None = None,
    workers: Workers = ALONE,
) -> Loop:
    """Make a training's parts.

    Args:
        plan: data and settings.
        state: where the training stands.
        run: where this process writes; variables are read from the plan's run, if it has one.
        first: the network with its first weights; not needed where there is a checkpoint.
        workers: this process's place among others.

    Raises:
        InputError: the checkpoint does not fit; there is no such teacher, or none for workers.
    """
    dataset, settings, training = plan.dataset, plan.settings, plan.settings.training
    records = {split: dataset.split(split) for split in ("train", "val")}
    exclusive = dataset.label_kind == "exclusive"
    scaling = Scaling.read(state.scaling)
    kept = first or build(dataset, settings, scaling)
    weights = _class_weights(dataset, records["train"], settings)
    if settings.distillation.teacher and workers.count > 1:
        raise InputError(
            "distillation.teacher: a teacher teaches one process, not several workers."
        )
    teacher = find_teacher(dataset, settings)
    with workers.scope():
        network = build(dataset, settings, scaling, training.precision)
        network.set_weights(kept.get_weights())
        trainee = Trainee(
            network,
            settings.loss,
            exclusive,
            weights,
            teacher.loss if teacher else None,
            settings.distillation.weight,
        )
        _compile(trainee, training)
        freeze(trainee, network, state.epoch <= training.frozen_epochs)
    average = WeightAverage(network, kept, training.average, workers.local)
    own = {id(weight) for weight in kept.weights}
    checkpoint = Checkpoint(
        run / FOLDER,
        lambda: [*trainee.variables, *trainee.optimizer.variables, *kept.weights],
        lambda variable: variable.value if id(variable) in own else workers.local(variable),
    )
    if plan.run is not None:
        checkpoint.load(plan.run / FOLDER / FILE)
        average.steps, average.pending = state.averaged, state.pending

    batches = Batches(
        records["train"],
        len(dataset.classes),
        settings,
        TargetMaker(settings, exclusive),
        ImageCache(dataset.images.parent / "cache" if settings.data.cache else None),
        state.unreadable,
        workers.rank,
        workers.count,
    )
    batches.batch_size = state.batch_size
    card = _card(plan, kept, state.initial_weights)
    # Without a validation split there is no score, and the training loss has to do.
    monitor = training.monitor if records["val"] else "loss"
    validator = Validator(kept, card, records["val"] if workers.chief else [], dataset.classes)
    gallery = Gallery(validator.inspector, records["val"])
    return Loop(
        trainee=trainee,
        policy=policy(training, state.peak),
        average=average,
        batches=batches,
        validator=validator,
        record=RunRecord(run, kept, card, monitor, state.history),
        checkpoint=checkpoint,
        state=state,
        settings=training,
        loggers=open_loggers(run, settings, gallery, warn) if workers.chief else [],
        workers=workers,
    )


def _compile(trainee: Trainee, settings: TrainingSettings) -> None:
    optimizer = CycledAdam(settings.learning_rate, global_clipnorm=settings.clip_norm)
    trainee.compile(optimizer=optimizer, jit_compile=_jit())
    # Built now, or TensorFlow traces the first step twice: once to make variables, once to run.
    trainee.optimizer.build(trainee.trainable_variables)


def _class_weights(
    dataset: Dataset, records: Sequence[Record], settings: Settings
) -> ClassWeights | None:
    if settings.loss.class_weights == "none":
        return None
    # Segmentation skips an image of which a defect has no mask.
    masked = [
        record.labels
        for record in records
        if all(annotation.rle is not None for annotation in record.annotations)
    ]
    labels = [record.labels for record in records]
    exclusive = dataset.label_kind == "exclusive"
    return class_weights(labels, masked, len(dataset.classes), exclusive)


def policy(settings: TrainingSettings, peak: float | None) -> Policy:
    """Learning rate and momentum; the peak is the setting's where none was found."""
    peak = peak or settings.learning_rate
    return Constant(peak) if settings.policy == "constant" else OneCycle(peak, settings.warm_up)


def _jit() -> bool | str:
    # XLA's convolutions are slow on a CPU, and TensorFlow's own are not.
    return False if keras.backend.backend() == "tensorflow" else "auto"


def _card(plan: Plan, network: Any, origin: str) -> ModelCard:
    dataset, settings = plan.dataset, plan.settings
    return ModelCard(
        tool_version=__version__,
        name=settings.model.name,
        classes=dataset.classes,
        label_kind=dataset.label_kind,
        tasks=settings.tasks,
        size=settings.data.size,
        tile=settings.tile,
        bits=dataset.bits,
        anchors=settings.model.anchors,
        decision=settings.decision,
        parameters=network.count_params(),
        initial_weights=origin,
        dataset={"name": dataset.name, "fingerprint": dataset.fingerprint},
        sha256="",
    )
