"""The loop over epochs."""

import math
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from auxnet_cli.errors import AuxnetError
from auxnet_cli.inference.network_inspector import NotFiniteError
from auxnet_cli.settings import TrainingSettings
from auxnet_cli.system.interrupt import Interrupt, patient_interrupt
from auxnet_cli.terminal import warn
from auxnet_cli.training.average import WeightAverage
from auxnet_cli.training.batches import Batches
from auxnet_cli.training.data_wait import Waiting
from auxnet_cli.training.distributed.workers import ALONE, Workers
from auxnet_cli.training.logging.loggers import Logger
from auxnet_cli.training.memory import out_of_memory
from auxnet_cli.training.multitask_model import Trainee
from auxnet_cli.training.progress import EpochBar
from auxnet_cli.training.record import RunRecord
from auxnet_cli.training.schedule.freezing import freeze
from auxnet_cli.training.schedule.one_cycle import Policy
from auxnet_cli.training.schedule.optimizer import CycledAdam
from auxnet_cli.training.schedule.stopping import MINUTE, Pace
from auxnet_cli.training.state import Checkpoint, State
from auxnet_cli.training.validation import Validator

MUCH = 0.1
"""Part of an epoch that is said when it is spent waiting for images."""
ROLL_BACKS = 3
"""Steps without a finite loss that one training survives."""


class _DivergedError(Exception):
    """A loss, or the network's output, is no longer a number.

    Attributes:
        what: is none.
        step: of the epoch, at which it came about.
    """

    def __init__(self, what: str, step: int) -> None:
        self.what, self.step = what, step


@dataclass
class Loop:
    """Epoch after epoch: learn, validate, write the history, keep the best, save the state.

    Attributes:
        trainee: the network in training.
        policy: learning rate and momentum.
        average: makes the network that is kept.
        batches: the training split.
        validator: scores the kept network.
        record: the run's files.
        checkpoint: the file to go on from.
        state: where the training stands.
        settings: epochs, time, patience, validation, checkpoints.
        loggers: told of each epoch.
        workers: this process's place among others, all of which go through the same steps.
    """

    trainee: Trainee
    policy: Policy
    average: WeightAverage
    batches: Batches
    validator: Validator
    record: RunRecord
    checkpoint: Checkpoint
    state: State
    settings: TrainingSettings
    loggers: Sequence[Logger] = ()
    workers: Workers = ALONE
    pace: Pace = field(init=False)
    _saved: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.pace = Pace(self.settings)

    @property
    def optimizer(self) -> CycledAdam:
        """The trainee's, without the scaling of the loss that float16 needs."""
        outer: Any = self.trainee.optimizer
        return getattr(outer, "inner_optimizer", outer)

    def run(self) -> None:
        """Learn until the training's end.

        Raises:
            AuxnetError: the loss is no number time and again.
            KeyboardInterrupt: Ctrl-C; the state has been saved.
        """
        self._save()
        with patient_interrupt() as interrupt:
            while not self.state.finished:
                try:
                    self._epoch(interrupt)
                    self._close_epoch()
                except _DivergedError as error:
                    self._roll_back(error)
                except Exception as error:
                    alone = self.workers.count == 1
                    if not out_of_memory(error) or self.batches.batch_size == 1 or not alone:
                        raise
                    self._shrink()

    def _epoch(self, interrupt: Interrupt) -> None:
        """The steps of an epoch from where the state stands."""
        state, waiting = self.state, Waiting(self.state.waited)
        begun = time.perf_counter()
        batches = self.batches.epoch(state.epoch, state.step)
        size = self.batches.batch_size * self.workers.count
        steps = self.batches.steps
        epochs = None if self.settings.minutes else self.settings.epochs
        with EpochBar(state.epoch, epochs, steps, size, state.history, state.step) as bar:
            for images, targets in waiting(batches):
                if (state.epoch, state.step + 1) not in state.skipped:
                    self._learn(images, targets)
                state.step += 1
                now = time.perf_counter()
                state.seconds += now - begun
                state.epoch_seconds += now - begun
                state.waited, begun = waiting.seconds, now
                left = self.pace.seconds_left(state)
                bar.step(state.losses, state.rate, left)
                if self.settings.minutes and self._agree(self.pace.out_of_time(state)):
                    break
                if interrupt.asked:
                    self._save()
                    self.average.settle()  # it is what is kept where no epoch is done yet
                    raise KeyboardInterrupt
                if state.seconds - self._saved >= self.settings.checkpoint_minutes * MINUTE:
                    self._save()

    def _learn(self, images: Any, targets: Any) -> None:
        """One step; its losses go into the epoch's means."""
        state = self.state
        progress = self.pace.progress(state, self.batches.steps)
        if self.settings.minutes:
            progress = self.workers.agree(progress)
        state.rate = self.policy.rate(progress) * state.damping
        self.optimizer.learning_rate = state.rate
        self.optimizer.beta_1 = self.policy.momentum(progress)
        losses = self.workers.learn(self.trainee, images, targets)
        numbers = {name: float(loss) for name, loss in losses.items()}
        unbounded = [name for name, loss in numbers.items() if not math.isfinite(loss)]
        if unbounded:
            raise _DivergedError(f"The loss ({', '.join(unbounded)})", state.step + 1)
        self.average.update()
        # Keras forgets the earlier batches at each call: the epoch's means are kept here.
        passed_over = sum(epoch == state.epoch for epoch, _ in state.skipped)
        count = max(1, state.step + 1 - passed_over)
        for name, loss in numbers.items():
            before = state.losses.get(name, 0.0)
            state.losses[name] = before + (loss - before) / count

    def _close_epoch(self) -> None:
        state = self.state
        if not state.losses:
            raise AuxnetError(
                f"No batch of epoch {state.epoch} gives a finite loss: lower "
                f"training.learning_rate. The best model so far is in {self.record.folder}."
            )
        learned = state.step * self.batches.batch_size * self.workers.count
        line: dict[str, Any] = {
            "epoch": state.epoch,
            **{name: round(mean, 6) for name, mean in state.losses.items()},
            **self.trainee.head_weights(self.workers.local),
            "learning_rate": state.rate,
            "images_per_s": round(learned / state.epoch_seconds, 2),
            "waited": round(state.waited / state.epoch_seconds, 4),
        }
        self.average.settle()
        last = self._agree(self.pace.last(state))
        begun = time.perf_counter()
        validated = last or state.epoch % self.settings.validate_every == 0
        if validated:
            try:
                line |= self.validator.scores()
            except NotFiniteError:
                raise _DivergedError("The validation's output", state.step) from None
        line["seconds"] = round(state.epoch_seconds + time.perf_counter() - begun, 2)
        improved = self.record.add(line, self.validator.report if validated else None)
        for logger in self.loggers:
            logger.add(line)
        state.history = self.record.history
        closing = time.perf_counter() - begun
        state.seconds += closing
        if validated:
            state.validation_seconds = closing
            # Another epoch and its validation may not fit any more.
            last = self._agree(last or self.pace.last(state))
        if self.workers.chief:
            print(self._summary(line, improved), file=sys.stderr)  # noqa: T201 - beside the bars
        stalled = self._agree(self.pace.stalled(state, self.record.best_epoch))
        if stalled and not last:
            warn(
                f"No gain since epoch {self.record.best_epoch}: stopped after epoch "
                f"{state.epoch} (training.patience={self.settings.patience})."
            )
        state.finished = last or stalled
        if not state.finished:
            state.begin_epoch(state.epoch + 1)
            with self.workers.scope():
                frozen = state.epoch <= self.settings.frozen_epochs
                freeze(self.trainee, self.trainee.network, frozen)
        self._save()

    def _agree(self, answer: bool) -> bool:
        """The chief's answer: what decides about going on must be one for all workers."""
        return bool(self.workers.agree(float(answer)))

    def _save(self) -> None:
        self.state.unreadable = self.batches.unreadable
        self.state.averaged, self.state.pending = self.average.steps, self.average.pending
        self.checkpoint.save(self.state)
        self._saved = self.state.seconds

    def _load(self) -> State:
        state = self.checkpoint.load()
        self.average.steps, self.average.pending = state.averaged, state.pending
        return state

    def _roll_back(self, error: _DivergedError) -> None:
        """Return to the last state that was saved, pass the batch over, learn at half the rate."""
        epoch, step, size = self.state.epoch, error.step, self.batches.batch_size
        names = ", ".join(self.batches.names(epoch, step))
        what = f"{error.what} is no finite number in epoch {epoch}, step {step}"
        self.state = self._load()
        if len(self.state.skipped) >= ROLL_BACKS:
            raise AuxnetError(
                f"{what}, after {ROLL_BACKS} attempts to go on: lower training.learning_rate. "
                f"The images of the batch: {names}. The best model so far is in "
                f"{self.record.folder}."
            )
        self.state.skipped.append((epoch, step))
        self.state.damping /= 2
        warn(
            f"{what}. Back to epoch {self.state.epoch}, step {self.state.step}, with half the "
            f"learning rate and without this batch of {size}: {names}."
        )
        self._save()

    def _shrink(self) -> None:
        """Go on with half the images a step."""
        before = self.batches.batch_size
        self.state = self._load()
        self.batches.batch_size = self.state.batch_size = before // 2
        # As many images are behind as before.
        self.state.step = self.state.step * before // self.batches.batch_size
        warn(
            f"There is not memory enough for batches of {before}: going on with "
            f"{self.batches.batch_size}. Set training.batch_size to spare the attempt."
        )
        self._save()

    def _summary(self, line: dict[str, Any], improved: bool) -> str:
        end = "" if self.settings.minutes else f"/{self.settings.epochs}"
        parts = [f"epoch {line['epoch']}{end}", f"loss {line['loss']:.4f}"]
        parts += [
            f"{name.removeprefix('val_')} {value:.3f}"
            for name, value in line.items()
            if name.startswith("val_") and value is not None
        ]
        parts.append(f"{line['images_per_s']:.1f} images/s")
        if line["waited"] >= MUCH:
            parts.append(f"{line['waited']:.0%} of it waiting for images")
        return "  ".join(parts) + ("  *" if improved else "")
