"""The loop over epochs."""

import math
import sys
import time
from typing import Any

from auxnet_cli.errors import AuxnetError
from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training.batches import Batches
from auxnet_cli.training.progress import EpochBar
from auxnet_cli.training.record import RunRecord
from auxnet_cli.training.trainee import Trainee
from auxnet_cli.training.validation import Validator
from auxnet_cli.training.waiting import Waiting

MUCH = 0.1
"""Part of an epoch that is said when it is spent waiting for images."""


def learn(
    trainee: Trainee,
    batches: Batches,
    validator: Validator,
    record: RunRecord,
    settings: TrainingSettings,
) -> None:
    """Epoch after epoch: learn, validate, write the history, keep the best.

    Raises:
        AuxnetError: the loss is no longer a number.
    """
    epochs, size = settings.epochs, settings.batch_size
    for epoch in range(1, epochs + 1):
        begun = time.perf_counter()
        means: dict[str, float] = {}
        waiting = Waiting()
        with EpochBar(epoch, epochs, batches.steps, size, record.history) as bar:
            for step, (images, targets) in enumerate(waiting(batches.epoch(epoch)), start=1):
                losses = trainee.train_on_batch(images, targets, return_dict=True)
                # Keras forgets the earlier batches at each call: the epoch's means are kept here.
                for name, loss in losses.items():
                    before = means.get(name, 0.0)
                    means[name] = before + (float(loss) - before) / step
                if not math.isfinite(means["loss"]):
                    raise AuxnetError(
                        f"The loss became {means['loss']} in epoch {epoch}, step {step}: lower "
                        f"training.learning_rate. The best model so far is in {record.folder}."
                    )
                bar.step(means, float(trainee.optimizer.learning_rate))
        seconds = time.perf_counter() - begun
        line: dict[str, Any] = {
            "epoch": epoch,
            **{name: round(mean, 6) for name, mean in means.items()},
            "learning_rate": float(trainee.optimizer.learning_rate),
            "images_per_s": round(batches.steps * size / seconds, 2),
            "waited": round(waiting.seconds / seconds, 4),
        }
        if epoch == epochs or epoch % settings.validate_every == 0:
            line |= validator.scores()
        line["seconds"] = round(time.perf_counter() - begun, 2)
        improved = record.add(line)
        print(_summary(line, epochs, improved), file=sys.stderr)  # noqa: T201 - beside the bars


def _summary(line: dict[str, Any], epochs: int, improved: bool) -> str:
    parts = [f"epoch {line['epoch']}/{epochs}", f"loss {line['loss']:.4f}"]
    parts += [
        f"{name.removeprefix('val_')} {value:.3f}"
        for name, value in line.items()
        if name.startswith("val_") and value is not None
    ]
    parts.append(f"{line['images_per_s']:.1f} images/s")
    if line["waited"] >= MUCH:
        parts.append(f"{line['waited']:.0%} of it waiting for images")
    return "  ".join(parts) + ("  *" if improved else "")
