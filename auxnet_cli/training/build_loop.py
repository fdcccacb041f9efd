"""Builds the parts of a training from its plan and puts them together."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from auxnet_cli import __version__
from auxnet_cli.backend import keras
from auxnet_cli.data.dataset import Record
from auxnet_cli.data.samples.cache import ImageCache
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.model.class_weights import ClassWeights, class_weights
from auxnet_cli.model.encoders.weights import SCRATCH
from auxnet_cli.model.scaling import Scaling
from auxnet_cli.terminal import warn
from auxnet_cli.training.average import WeightAverage
from auxnet_cli.training.batches import Batches
from auxnet_cli.training.checkpoint import FILE, FOLDER, Checkpoint, Counters, Origin
from auxnet_cli.training.distributed.workers import ALONE, Workers
from auxnet_cli.training.initialisation import Initial, build_network, training_heads
from auxnet_cli.training.logging.gallery import Gallery
from auxnet_cli.training.logging.loggers import open_loggers
from auxnet_cli.training.loop import Loop
from auxnet_cli.training.multitask_model import MultitaskModel
from auxnet_cli.training.plan import Plan
from auxnet_cli.training.record import RunRecord
from auxnet_cli.training.recovery import RollBacks
from auxnet_cli.training.schedule.freezing import Freezing
from auxnet_cli.training.schedule.learning_rate import Schedule
from auxnet_cli.training.schedule.optimizer import CycledAdam
from auxnet_cli.training.schedule.stopping import Stopping
from auxnet_cli.training.validation import Validator


def build_loop(plan: Plan, initial: Initial, run: Path, workers: Workers = ALONE) -> Loop:
    """Builds a training, and hands its parts their states where the plan goes on with a run.

    The initial network becomes the one that is kept. This process writes to the folder ``run``.

    Raises:
        InputError: the checkpoint is damaged, or of another network.
    """
    dataset, settings, training = plan.dataset, plan.settings, plan.settings.training
    train, val = dataset.split("train"), dataset.split("val")
    heads = training_heads(dataset, settings)
    origin = plan.saved.origin if plan.saved else _origin(plan, initial)
    counters = plan.saved.counters if plan.saved else Counters()
    kept, scaling = initial.network, Scaling.of(initial.network)
    freezing = Freezing(training, trained=not origin.initial_weights.startswith(SCRATCH))
    weights = None
    if settings.loss.class_weights == "balanced":
        weights = _class_weights(train, len(dataset.classes), dataset.label_kind == "exclusive")
    with workers.scope():
        network = build_network(dataset, settings, scaling, training.precision)
        network.set_weights(kept.get_weights())
        model = MultitaskModel(network, settings, heads, weights)
        model.compile(
            optimizer=CycledAdam(
                training.learning_rate,
                rates=freezing.rates(model),
                global_clipnorm=training.clip_norm,
                gradient_accumulation_steps=(
                    training.accumulate if training.accumulate > 1 else None
                ),
            ),
            # XLA's convolutions are slow on a CPU; TensorFlow's own are not.
            jit_compile=False if keras.backend.backend() == "tensorflow" else "auto",
        )
        # Built now, or TensorFlow traces the first step twice: to make variables, and to run.
        model.optimizer.build(model.trainable_variables)
        freezing.apply(model, counters.epoch)
    batches = Batches(
        train,
        len(dataset.classes),
        settings,
        heads,
        ImageCache(dataset.images.parent / "cache" if settings.data.cache else None),
        workers.rank,
        workers.count,
    )
    card = _card(plan, kept, origin.initial_weights)
    validator = Validator(kept, card, val if workers.chief else [])
    # Without a validation split there is no score, and the training loss decides.
    monitored: Literal["val_score", "loss"] = (
        "val_score" if val and training.monitor != "loss" else "loss"
    )
    parts: dict[str, Any] = {
        "counters": counters,
        "schedule": Schedule(training),
        "stopping": Stopping(training),
        "average": WeightAverage(network, kept, training.average, workers.local),
        "batches": batches,
        "record": RunRecord(run, kept, card, monitored, last=training.monitor == "last"),
        "roll_backs": RollBacks(),
    }
    checkpoint = Checkpoint(
        run / FOLDER,
        {"origin": origin, **parts},
        lambda: [*model.variables, *model.optimizer.variables, *kept.weights],
        workers.local,
    )
    if plan.saved is not None:
        checkpoint.load(plan.saved.run / FOLDER / FILE)
    gallery = Gallery(validator.inspector, val)
    return Loop(
        model=model,
        settings=training,
        **parts,
        freezing=freezing,
        validator=validator,
        checkpoint=checkpoint,
        loggers=open_loggers(run, settings, gallery, warn) if workers.chief else [],
        workers=workers,
    )


def _origin(plan: Plan, initial: Initial) -> Origin:
    return Origin(
        data=str(plan.dataset.root),
        fingerprint=plan.dataset.fingerprint,
        source=str(plan.source or ""),
        initial_weights=initial.origin,
        scaling=asdict(Scaling.of(initial.network)),
    )


def _class_weights(records: Sequence[Record], classes: int, exclusive: bool) -> ClassWeights:
    # Segmentation skips images with a defect that has no mask.
    masked = [
        record.labels
        for record in records
        if all(annotation.rle is not None for annotation in record.annotations)
    ]
    return class_weights([record.labels for record in records], masked, classes, exclusive)


def _card(plan: Plan, network: keras.Model, initial_weights: str) -> ModelCard:
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
        segmenter=settings.model.segmenter,
        mask_stride=settings.model.mask_stride,
        detector=settings.model.detector,
        decision=settings.decision,
        parameters=network.count_params(),
        initial_weights=initial_weights,
        dataset={"name": dataset.name, "fingerprint": dataset.fingerprint},
        sha256="",
    )
