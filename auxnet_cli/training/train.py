"""A training from data set to run; it reads from top to bottom."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from auxnet_cli import __version__
from auxnet_cli.backend import keras
from auxnet_cli.data.cache import ImageCache
from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.errors import InputError
from auxnet_cli.files import write_json, write_yaml
from auxnet_cli.layering import load_settings, preset_for
from auxnet_cli.model.class_weights import ClassWeights, class_weights
from auxnet_cli.runtime.card import ModelCard
from auxnet_cli.settings import Settings
from auxnet_cli.terminal import console, warn
from auxnet_cli.training.batches import Batches
from auxnet_cli.training.cautions import cautions
from auxnet_cli.training.environment import describe
from auxnet_cli.training.loop import learn
from auxnet_cli.training.one_cycle import OneCycle
from auxnet_cli.training.record import RunRecord
from auxnet_cli.training.start import begin
from auxnet_cli.training.targets import TargetMaker
from auxnet_cli.training.trainee import Trainee
from auxnet_cli.training.validation import Validator
from auxnet_cli.workspace import find_dataset, new_run, set_latest


def train(
    tasks: Sequence[str] | None = None,
    data: Path | None = None,
    preset: str | None = None,
    config: Path | None = None,
    overrides: Sequence[str] = (),
    out: Path | None = None,
    start_from: Path | None = None,
) -> dict[str, Any]:
    """Train a network and write a run.

    Args:
        tasks: of cls, seg, det; the settings' if not given.
        data: a prepared data set; the newest in ``./data`` if not given.
        preset: a name in ``defaults/``; the one of the data set's kind if not given.
        config: a YAML file of settings.
        overrides: ``KEY=VALUE`` settings.
        out: folder of the run; ``runs/<date-time>`` if not given.
        start_from: a run whose network to start from, in place of ``model.weights``.

    Returns:
        ``run``, ``epochs``, ``best_epoch``, ``best`` (the monitored figure), ``history``,
        ``warnings`` and ``seconds``.

    Raises:
        InputError: wrong settings, no data, or weights that cannot be had.
        KeyboardInterrupt: Ctrl-C; what was learned has been saved.
    """
    dataset = Dataset.open(find_dataset(data))
    chosen = preset or preset_for(dataset.kind)
    named = [f"tasks=[{','.join(tasks)}]"] if tasks is not None else []
    settings = load_settings(chosen, config, [*overrides, *named])
    records = {split: dataset.split(split) for split in ("train", "val")}
    _check(dataset, records["train"])
    began = time.perf_counter()

    start = begin(dataset, settings, start_from)
    network = start.network
    exclusive = dataset.label_kind == "exclusive"
    batches = Batches(
        records["train"],
        len(dataset.classes),
        settings,
        TargetMaker(settings, exclusive),
        ImageCache(dataset.images.parent / "cache" if settings.data.cache else None),
    )
    trainee = Trainee(
        network, settings.loss, exclusive, _class_weights(dataset, records["train"], settings)
    )
    trainee.compile(optimizer=_optimizer(settings, batches.steps), jit_compile=_jit())
    # Built now, or TensorFlow traces the first step twice: once to make variables, once to run.
    trainee.optimizer.build(trainee.trainable_variables)

    card = _card(dataset, settings, network, start.origin)
    # Without a validation split there is no score, and the training loss has to do.
    monitor = settings.training.monitor if records["val"] else "loss"
    record = RunRecord(new_run(out), network, card, monitor)
    write_yaml(record.folder / "config.yaml", settings.model_dump(mode="json"))
    environment = describe(dataset, settings.seed, start.origin, start.warning)
    write_json(record.folder / "environment.json", {**environment, "preset": chosen})
    validator = Validator(network, card, records["val"], dataset.classes)
    warnings = cautions(records["train"], settings)
    if start.warning:
        warnings.insert(0, start.warning)
    if start.note:
        console(errors=True).print(start.note, markup=False)
    for text in warnings:
        warn(text)
    try:
        learn(trainee, batches, validator, record, settings.training)
    except KeyboardInterrupt:
        _finish(record)
        raise KeyboardInterrupt(
            f"Interrupted in epoch {len(record.history) + 1}: what was learned is in "
            f"{record.folder}."
        ) from None
    _finish(record)
    return {
        "run": str(record.folder),
        "data": str(dataset.root),
        "epochs": len(record.history),
        "best_epoch": record.best_epoch,
        "best": record.best,
        "history": record.history,
        "unreadable": batches.unreadable,
        "warnings": warnings,
        "seconds": round(time.perf_counter() - began, 1),
    }


def _finish(record: RunRecord) -> None:
    record.close()
    set_latest(record.folder)


def _check(dataset: Dataset, records: Sequence[Any]) -> None:
    if not records:
        raise InputError(
            f"The training split of {dataset.root} holds no image: prepare it with a smaller "
            "--val and --test."
        )
    if not any(record.annotations for record in records):
        raise InputError(
            f"No image of the training split of {dataset.root} shows a defect: there is nothing "
            "to learn. Add labelled defects and prepare again."
        )


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


def _optimizer(settings: Settings, steps: int) -> Any:
    training = settings.training
    schedule = OneCycle(training.learning_rate, training.epochs * steps, training.warm_up)
    return keras.optimizers.Adam(schedule, global_clipnorm=training.clip_norm)


def _jit() -> bool | str:
    # XLA's convolutions are slow on a CPU, and TensorFlow's own are not.
    return False if keras.backend.backend() == "tensorflow" else "auto"


def _card(dataset: Dataset, settings: Settings, network: Any, origin: str) -> ModelCard:
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
