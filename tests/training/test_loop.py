import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from auxnet_cli.errors import AuxnetError
from auxnet_cli.inference.network_inspector import NotFiniteError
from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training import loop as module
from auxnet_cli.training.loop import Loop
from auxnet_cli.training.schedule.one_cycle import Constant
from auxnet_cli.training.state import State

STEPS = 2


class Optimizer:
    learning_rate = beta_1 = None


class Trainee:
    """Gives the losses that it was told to, or raises them."""

    network = None

    def __init__(self, losses):
        self._losses = iter(losses)
        self.seen = []
        self.optimizer = Optimizer()

    def head_weights(self, value):
        return {"detection_weight": value(SimpleNamespace(value=1.5))}

    def train_on_batch(self, images, targets, **_):
        self.seen.append(images)
        loss = next(self._losses)
        if isinstance(loss, Exception):
            raise loss
        return {"loss": loss, "detection": loss / 2}


class Average:
    steps = pending = settled = 0

    def update(self):
        self.steps += 1

    def settle(self):
        self.settled += 1


class Batches:
    unreadable = {}  # noqa: RUF012 - never changed

    def __init__(self, size=4):
        self.batch_size = size

    @property
    def steps(self):
        return STEPS * 4 // self.batch_size

    def epoch(self, number, done=0):
        return iter([((number, step), {}) for step in range(done + 1, self.steps + 1)])

    def names(self, epoch, step):
        return [f"{epoch}-{step}.png"]


class Validator:
    calls = 0
    report = {"images": 3}  # noqa: RUF012 - never changed

    def scores(self):
        self.calls += 1
        return {"val_score": 0.5, "val_f1": None}


class Record:
    folder = "runs/x"
    best_epoch = None

    def __init__(self):
        self.history = []
        self.reports = []

    def add(self, line, report):
        self.history.append(line)
        self.reports.append(report)
        self.best_epoch = self.best_epoch or line["epoch"]
        return True


class Logger:
    def __init__(self):
        self.lines = []

    def add(self, line):
        self.lines.append(line)


class Checkpoint:
    """Holds the last state, and how the average stood."""

    saves = 0

    def save(self, state):
        self.saves += 1
        self.kept = replace(
            state, losses=dict(state.losses), skipped=list(state.skipped), history=[*state.history]
        )

    def load(self):
        kept = self.kept
        return replace(kept, losses=dict(kept.losses), skipped=list(kept.skipped))


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    """The turns at which the encoder was told to stand still, or not."""
    told = []
    monkeypatch.setattr(module, "freeze", lambda trainee, network, frozen: told.append(frozen))
    return told


def run(losses, **settings):
    loop = Loop(
        Trainee(losses),
        Constant(0.1),
        Average(),
        Batches(),
        Validator(),
        Record(),
        Checkpoint(),
        State("data/x", "f", "", "none", {}, batch_size=4, peak=0.1),
        TrainingSettings(batch_size=4, **settings),
        [Logger()],
    )
    loop.run()
    return loop


def test_a_line_holds_the_epochs_means(capsys):
    history = run([4.0, 2.0, 1.0, 0.5], epochs=2).record.history
    assert [line["loss"] for line in history] == [3.0, 0.75]
    assert [line["detection"] for line in history] == [1.5, 0.375]
    json.dumps(history, allow_nan=False)
    first = capsys.readouterr().err.splitlines()[0]
    assert first.startswith("epoch 1/2  loss 3.0000  score 0.500")
    assert "f1" not in first


def test_the_last_epoch_is_validated_always():
    loop = run([1.0] * 10, epochs=5, validate_every=3)
    assert loop.validator.calls == 2
    validated = ["val_score" in line for line in loop.record.history]
    assert validated == [False, False, True, False, True]


def test_every_epoch_ends_in_a_checkpoint():
    loop = run([1.0] * 6, epochs=3)
    assert loop.checkpoint.saves == 1 + 3
    assert loop.checkpoint.kept.finished
    assert loop.checkpoint.kept.averaged == 6
    assert loop.checkpoint.kept.history == loop.record.history


def test_checkpoints_within_an_epoch():
    assert run([1.0] * 4, epochs=2, checkpoint_minutes=1e-9).checkpoint.saves == 1 + 4 + 2


def test_loggers_and_record_are_told_of_each_epoch():
    loop = run([1.0] * 6, epochs=3, validate_every=2)
    assert loop.loggers[0].lines == loop.record.history
    assert {line["detection_weight"] for line in loop.record.history} == {1.5}
    # An epoch that was not validated has no report.
    assert loop.record.reports == [None, {"images": 3}, {"images": 3}]


def test_the_encoder_stands_still_in_the_first_epochs(frozen):
    run([1.0] * 8, epochs=4, frozen_epochs=2)
    assert frozen == [True, False, False]  # the first epoch is set when the training is assembled


def test_patience_ends_it(capsys):
    loop = run([1.0] * 20, epochs=10, patience=2)
    assert len(loop.record.history) == 3
    assert "No gain since epoch 1: stopped after epoch 3" in capsys.readouterr().err


def test_a_time_budget_ends_it_in_the_middle_of_an_epoch():
    loop = run([1.0] * 20, epochs=10, minutes=1e-9)
    assert len(loop.record.history) == 1
    assert loop.state.finished


def test_all_of_an_epoch_counts_in_the_budget(monkeypatch):
    """Learning, validating, recording and logging; the last validation's share is put by."""
    now = 0.0

    def lasting(seconds, done):
        def slow(*given, **named):
            nonlocal now
            now += seconds
            return done(*given, **named)

        return slow

    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: now))
    steps = ((Trainee, "train_on_batch", 1), (Validator, "scores", 5), (Record, "add", 3))
    for owner, name, seconds in (*steps, (Logger, "add", 2)):
        monkeypatch.setattr(owner, name, lasting(seconds, getattr(owner, name)))
    loop = run([1.0] * 40, epochs=9, minutes=0.75, validate_every=2)
    assert [line["seconds"] for line in loop.record.history] == [2, 7, 2, 7]
    assert loop.state.validation_seconds == 10
    # Two epochs take 2 + 5 and 2 + 10 seconds; from 45 - 10 on another validation would not fit.
    assert loop.state.seconds == now == 2 * (7 + 12)
    assert loop.state.finished


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_is_rolled_back(bad, capsys):
    loop = run([4.0, 2.0, bad, 8.0, 6.0, 6.0], epochs=3)
    # Epoch 2, step 1 diverged; it is passed over, and the rest is learned at half the rate.
    assert loop.trainee.seen == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)]
    assert [line["loss"] for line in loop.record.history] == [3.0, 8.0, 6.0]
    assert [line["learning_rate"] for line in loop.record.history] == [0.1, 0.05, 0.05]
    assert loop.state.skipped == [(2, 1)]
    told = capsys.readouterr().err
    assert "The loss (loss, detection) is no finite number in epoch 2, step 1" in told
    assert "2-1.png" in told


def test_a_loss_that_is_never_a_number_ends_the_training():
    nan = float("nan")
    losses = [1.0, 1.0, nan, 1.0, nan, 1.0, nan, 1.0, nan, 1.0]
    with pytest.raises(AuxnetError, match=r"after 3 attempts .*: lower training\.learning_rate"):
        run(losses, epochs=30)
    with pytest.raises(AuxnetError, match="No batch of epoch 2 gives a finite loss"):
        run([1.0, 1.0, *[nan] * 4], epochs=30)


def test_a_validation_without_numbers_is_rolled_back(capsys, monkeypatch):
    scores = Validator.scores

    def first_damaged(validator):
        if validator.calls == 0:
            validator.calls = 1
            raise NotFiniteError
        return scores(validator)

    monkeypatch.setattr(Validator, "scores", first_damaged)
    loop = run([1.0] * 9, epochs=2)
    assert loop.state.skipped == [(1, 2)]  # what the last step of the epoch did was the damage
    assert loop.state.finished
    assert [line["learning_rate"] for line in loop.record.history] == [0.05, 0.05]
    told = capsys.readouterr().err
    assert "The validation's output is no finite number in epoch 1, step 2" in told


def test_batches_shrink_where_memory_runs_out(capsys):
    loop = run([1.0, 1.0, MemoryError(), *[1.0] * 10], epochs=2)
    assert loop.batches.batch_size == loop.state.batch_size == 2
    # The second epoch begins again, with twice the steps.
    assert [place for place in loop.trainee.seen if place[0] == 2] == [
        (2, 1), (2, 1), (2, 2), (2, 3), (2, 4),
    ]  # fmt: skip
    assert "not memory enough for batches of 4: going on with 2" in capsys.readouterr().err


def test_a_batch_of_one_cannot_shrink():
    with pytest.raises(MemoryError):
        run([MemoryError()] * 3, epochs=1)


def test_other_faults_come_through():
    with pytest.raises(RuntimeError, match="shapes differ"):
        run([RuntimeError("shapes differ")], epochs=1)


def test_an_epoch_whose_steps_are_all_done_is_closed_as_it_was():
    """Killed between an epoch's last step and its validation."""
    loop = run([4.0, 2.0], epochs=1)
    done = replace(loop.checkpoint.kept, finished=False, history=[], step=2)
    again = Loop(
        Trainee([]), loop.policy, Average(), Batches(), Validator(), Record(), Checkpoint(), done,
        loop.settings,
    )  # fmt: skip
    again.run()
    (line,), (before,) = again.record.history, loop.record.history
    for name in ("loss", "detection", "learning_rate"):
        assert line[name] == before[name]


def test_an_interruption_waits_for_its_step_and_saves_it():
    class Interrupting(Trainee):
        def train_on_batch(self, *given, **options):
            import signal

            if len(self.seen) == 2:
                signal.raise_signal(signal.SIGINT)
            return super().train_on_batch(*given, **options)

    loop = Loop(
        Interrupting([4.0, 4.0, 3.0]), Constant(0.1), Average(), Batches(),
        Validator(), Record(), Checkpoint(),
        State("data/x", "f", "", "none", {}, batch_size=4, peak=0.1),
        TrainingSettings(batch_size=4, epochs=3),
    )  # fmt: skip
    with pytest.raises(KeyboardInterrupt):
        loop.run()
    kept = loop.checkpoint.kept
    assert (kept.epoch, kept.step, kept.losses["loss"]) == (2, 1, 3.0)
    assert np.isclose(kept.averaged, 3)
    assert loop.average.settled == 2  # after the epoch, and what is kept of the broken one
