"""Runs the epochs of a training."""

import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from auxnet_cli.documents.training_result import EpochLine
from auxnet_cli.errors import AuxnetError
from auxnet_cli.inference.network_inspector import NotFiniteError
from auxnet_cli.settings import TrainingSettings
from auxnet_cli.system.interrupt import patient_interrupt
from auxnet_cli.terminal import warn
from auxnet_cli.training.average import WeightAverage
from auxnet_cli.training.batches import Batch, Batches
from auxnet_cli.training.checkpoint import Checkpoint, Counters
from auxnet_cli.training.distributed.workers import ALONE, Workers
from auxnet_cli.training.logging.loggers import Logger
from auxnet_cli.training.multitask_model import MultitaskModel
from auxnet_cli.training.progress import EpochBar, summary
from auxnet_cli.training.record import RunRecord
from auxnet_cli.training.recovery import MOST_ROLL_BACKS, DivergedError, RollBacks, out_of_memory
from auxnet_cli.training.schedule.freezing import Freezing
from auxnet_cli.training.schedule.learning_rate import Schedule
from auxnet_cli.training.schedule.stopping import MINUTE, Stopping
from auxnet_cli.training.validation import Validator


@dataclass
class Loop:
    """Epoch after epoch: learns, validates, writes the history, keeps the best, saves the state.

    Its parts are described by their classes; ``checkpoint`` keeps the state of all of them. The
    model is compiled. All workers go through the same steps.
    """

    model: MultitaskModel
    settings: TrainingSettings
    schedule: Schedule
    freezing: Freezing
    stopping: Stopping
    average: WeightAverage
    batches: Batches
    validator: Validator
    record: RunRecord
    counters: Counters
    roll_backs: RollBacks
    checkpoint: Checkpoint
    loggers: Sequence[Logger] = ()
    workers: Workers = ALONE
    _saved_at: float = field(init=False, default=0.0)

    def run(self) -> None:
        """Learns until the training's end.

        Raises:
            AuxnetError: the loss is no number time and again.
            KeyboardInterrupt: Ctrl-C; the state has been saved.
        """
        self._save()
        with patient_interrupt() as interrupt:
            while not self.counters.finished:
                try:
                    self._learn_epoch(interrupt)
                    self._close_epoch()
                except DivergedError as error:
                    self._roll_back(error)
                except Exception as error:
                    smallest = self.batches.batch_size == 1 or self.workers.count > 1
                    if smallest or not out_of_memory(error):
                        raise
                    self._shrink()

    def learn(self, batch: Batch, rate: float, momentum: float) -> dict[str, float]:
        """Takes a step at a learning rate and Adam's β1; returns ``loss`` and each head's loss."""
        # Under float16 an outer optimizer scales the loss.
        outer: Any = self.model.optimizer
        optimizer = getattr(outer, "inner_optimizer", outer)
        optimizer.learning_rate, optimizer.beta_1 = rate, momentum
        losses = self.workers.learn(self.model, *batch)
        return {name: float(loss) for name, loss in losses.items()}

    def _learn_epoch(self, interrupt: Event) -> None:
        """Takes the epoch's steps that are not done yet."""
        counters, stopping = self.counters, self.stopping
        begun = time.perf_counter()
        with EpochBar(
            counters.epoch, self._epochs, self.batches.steps, self.batches.size,
            self.record.history, counters.step,
        ) as bar:  # fmt: skip
            for batch in self._remaining_batches():
                if [counters.epoch, counters.step + 1] not in self.roll_backs.skipped:
                    self._step(batch)
                counters.step += 1
                now = time.perf_counter()
                counters.seconds += now - begun
                stopping.seconds += now - begun
                begun = now
                bar.step(counters.losses, counters.rate, stopping.seconds_left)
                if self.settings.minutes and self._agree(stopping.out_of_time):
                    break
                if interrupt.is_set():
                    self._save()
                    self.average.settle()  # it is what is kept where no epoch is done yet
                    raise KeyboardInterrupt
                if stopping.seconds - self._saved_at >= self.settings.checkpoint_minutes * MINUTE:
                    self._save()

    def _remaining_batches(self) -> Iterator[Batch]:
        """Yields the epoch's batches, and counts the time until each is there."""
        batches = self.batches.epoch(self.counters.epoch, self.counters.step)
        while True:
            begun = time.perf_counter()
            batch = next(batches, None)
            self.counters.data_wait += time.perf_counter() - begun
            if batch is None:
                return
            yield batch

    def _step(self, batch: Batch) -> None:
        """Takes a step by the schedule; its losses enter the epoch's means."""
        counters = self.counters
        progress = self.stopping.progress(counters.epoch, counters.step, self.batches.steps)
        if self.settings.minutes:
            progress = self.workers.agree(progress)
        counters.rate = self.schedule.rate(progress) * self.roll_backs.damping
        losses = self.learn(batch, counters.rate, self.schedule.momentum(progress))
        unbounded = [name for name, loss in losses.items() if not math.isfinite(loss)]
        if unbounded:
            raise DivergedError(f"The loss ({', '.join(unbounded)})", counters.step + 1)
        self.average.update()
        # Keras forgets the earlier batches at each call: the epoch's means are kept here.
        count = max(1, counters.step + 1 - self.roll_backs.skipped_in(counters.epoch))
        for name, loss in losses.items():
            before = counters.losses.get(name, 0.0)
            counters.losses[name] = before + (loss - before) / count

    def _close_epoch(self) -> None:
        """Validates, records and logs the epoch; then finishes, or turns to the next one."""
        epoch, stopping = self.counters.epoch, self.stopping
        line = self._line()
        self.average.settle()
        last = self._agree(stopping.last(epoch))
        begun = time.perf_counter()
        validated = last or epoch % self.settings.validate_every == 0
        if validated:
            try:
                line |= self.validator.scores()
            except NotFiniteError:
                raise DivergedError("The validation's output", self.counters.step) from None
        line["seconds"] = round(self.counters.seconds + time.perf_counter() - begun, 2)
        improved = self.record.add(line, self.validator.report if validated else None)
        for logger in self.loggers:
            logger.add(line)
        closing = time.perf_counter() - begun
        stopping.seconds += closing
        if validated:
            stopping.validation_seconds = closing
            # Another epoch and its validation may not fit any more.
            last = self._agree(last or stopping.last(epoch))
        if self.workers.chief:
            print(summary(line, self._epochs, improved), file=sys.stderr)  # noqa: T201 - beside the bars
        stalled = self._agree(stopping.stalled(len(self.record.history), self.record.best_epoch))
        if stalled and not last:
            warn(
                f"No gain since epoch {self.record.best_epoch}: stopped after epoch "
                f"{epoch} (training.patience={self.settings.patience})."
            )
        self.counters.finished = last or stalled
        if not self.counters.finished:
            self.counters.begin_epoch(epoch + 1)
            with self.workers.scope():
                self.freezing.apply(self.model, epoch + 1)
        self._save()

    def _line(self) -> EpochLine:
        """Returns the epoch's line of the history, as far as learning gives it.

        Raises:
            AuxnetError: every batch was skipped.
        """
        counters = self.counters
        if not counters.losses:
            raise AuxnetError(
                f"No batch of epoch {counters.epoch} gives a finite loss: lower "
                f"training.learning_rate. The model to keep so far is in {self.record.folder}."
            )
        return {
            "epoch": counters.epoch,
            **{name: round(mean, 6) for name, mean in counters.losses.items()},
            "learning_rate": counters.rate,
            "images_per_s": round(counters.step * self.batches.size / counters.seconds, 2),
            "waited": round(counters.data_wait / counters.seconds, 4),
        }

    @property
    def _epochs(self) -> int | None:
        """The number of epochs, where the clock does not end the training."""
        return None if self.settings.minutes else self.settings.epochs

    def _agree(self, answer: bool) -> bool:
        """Returns the chief's answer: all workers must decide alike about going on."""
        return bool(self.workers.agree(float(answer)))

    def _save(self) -> None:
        self.checkpoint.save()
        self._saved_at = self.stopping.seconds

    def _roll_back(self, error: DivergedError) -> None:
        """Returns to the last saved state, to skip the batch and learn at half the rate."""
        epoch, step, size = self.counters.epoch, error.step, self.batches.batch_size
        names = ", ".join(self.batches.names(epoch, step))
        what = f"{error.what} is no finite number in epoch {epoch}, step {step}"
        self.checkpoint.load()
        if self.roll_backs.exhausted:
            raise AuxnetError(
                f"{what}, after {MOST_ROLL_BACKS} attempts to go on: lower training.learning_rate. "
                f"The images of the batch: {names}. The model to keep so far is in "
                f"{self.record.folder}."
            )
        self.roll_backs.skipped.append([epoch, step])
        warn(
            f"{what}. Back to epoch {self.counters.epoch}, step {self.counters.step}, with half "
            f"the learning rate and without this batch of {size}: {names}."
        )
        self._save()

    def _shrink(self) -> None:
        """Goes on from the last state that was saved, with half the images a step."""
        before = self.batches.batch_size
        self.checkpoint.load()
        self.batches.batch_size = before // 2
        # As many images are behind as before.
        self.counters.step = self.counters.step * before // self.batches.batch_size
        warn(
            f"There is not memory enough for batches of {before}: going on with "
            f"{self.batches.batch_size}. Set training.batch_size to spare the attempt."
        )
        self._save()
