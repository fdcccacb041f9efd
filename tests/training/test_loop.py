import json
import signal
from types import SimpleNamespace

import pytest

from auxnet_cli.errors import AuxnetError
from auxnet_cli.inference.network_inspector import NotFiniteError
from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training import loop as module
from auxnet_cli.training.checkpoint import Counters
from auxnet_cli.training.loop import Loop
from auxnet_cli.training.recovery import RollBacks
from auxnet_cli.training.schedule.learning_rate import Schedule
from auxnet_cli.training.schedule.stopping import Stopping

STEPS = 2
NAN = float("nan")


class Model:
    """Gives the losses that it is made with, or raises them."""

    network = None

    def __init__(self, losses):
        self._losses = iter(losses)
        self.seen = []
        self.optimizer = SimpleNamespace(learning_rate=None, beta_1=None)

    def train_on_batch(self, images, targets, **_):
        self.seen.append(images)
        loss = next(self._losses)
        if isinstance(loss, Exception):
            raise loss
        if loss == "Ctrl-C":
            signal.raise_signal(signal.SIGINT)
            loss = 3.0
        return {"loss": loss, "detection": loss / 2}


class Average:
    steps = settled = 0

    def state_dict(self):
        return {"steps": self.steps}

    def load_state_dict(self, state):
        self.steps = state["steps"]

    def update(self):
        self.steps += 1

    def settle(self):
        self.settled += 1


class Batches:
    batch_size = 4

    def state_dict(self):
        return {"batch_size": self.batch_size}

    def load_state_dict(self, state):
        self.batch_size = state["batch_size"]

    @property
    def size(self):
        return self.batch_size

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

    def __init__(self):
        self.history, self.reports = [], []

    @property
    def best_epoch(self):
        return self.history[0]["epoch"] if self.history else None

    def state_dict(self):
        return {"history": self.history}

    def load_state_dict(self, state):
        self.history = state["history"]

    def add(self, line, report):
        self.history.append(line)
        self.reports.append(report)
        return True


class Logger:
    def __init__(self):
        self.lines = []

    def add(self, line):
        self.lines.append(line)


class Checkpoint:
    """Keeps the states in memory."""

    saves = 0

    def __init__(self, parts):
        self._parts = parts

    @property
    def counters(self):
        return Counters(**json.loads(self.kept)["counters"])

    def save(self):
        self.saves += 1
        self.kept = json.dumps({name: part.state_dict() for name, part in self._parts.items()})

    def load(self):
        for name, state in json.loads(self.kept).items():
            self._parts[name].load_state_dict(state)


class Freezing:
    """Counts the epochs that layers are frozen or thawed for."""

    def __init__(self):
        self.epochs = []

    def apply(self, model, epoch):
        self.epochs.append(epoch)


def make(losses, counters=None, **settings):
    settings = TrainingSettings(
        batch_size=4, policy="constant", learning_rate=0.1, **{"epochs": 1, **settings}
    )
    parts = {
        "schedule": Schedule(settings),
        "stopping": Stopping(settings),
        "average": Average(),
        "batches": Batches(),
        "record": Record(),
        "counters": counters or Counters(),
        "roll_backs": RollBacks(),
    }
    return Loop(
        Model(losses), settings, **parts, freezing=Freezing(), validator=Validator(),
        checkpoint=Checkpoint(parts), loggers=[Logger()],
    )  # fmt: skip


def run(losses, **settings):
    loop = make(losses, **settings)
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
    kept = json.loads(loop.checkpoint.kept)
    assert kept["counters"]["finished"]
    assert kept["average"]["steps"] == 6
    assert kept["record"]["history"] == loop.record.history
    within = run([1.0] * 4, epochs=2, checkpoint_minutes=1e-9)
    assert within.checkpoint.saves == 1 + 4 + 2


def test_loggers_and_record_receive_each_epoch():
    loop = run([1.0] * 6, epochs=3, validate_every=2)
    assert loop.loggers[0].lines == loop.record.history
    # An epoch that was not validated has no report.
    assert loop.record.reports == [None, {"images": 3}, {"images": 3}]


def test_each_epoch_freezes_its_layers():
    loop = run([1.0] * 8, epochs=4)
    assert loop.freezing.epochs == [2, 3, 4]  # the first is set when the loop is built


def test_patience_ends_it(capsys):
    loop = run([1.0] * 20, epochs=10, patience=2)
    assert len(loop.record.history) == 3
    assert "No gain since epoch 1: stopped after epoch 3" in capsys.readouterr().err


def test_a_time_budget_ends_it_in_the_middle_of_an_epoch():
    loop = run([1.0] * 20, epochs=10, minutes=1e-9)
    assert len(loop.record.history) == 1
    assert loop.counters.finished


@pytest.fixture
def clock(monkeypatch):
    """Makes functions take as many seconds of a clock that nothing else moves."""
    now = [0.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: now[0]))

    def lasting(owner, name, seconds):
        done = getattr(owner, name)

        def slow(*given, **named):
            now[0] += seconds
            return done(*given, **named)

        monkeypatch.setattr(owner, name, slow)

    lasting.now = now
    return lasting


def test_all_of_an_epoch_counts_in_the_budget(clock):
    """Learning, validating, recording and logging; the last validation's share is put by."""
    clock(Model, "train_on_batch", 1)
    clock(Validator, "scores", 5)
    clock(Record, "add", 3)
    clock(Logger, "add", 2)
    loop = run([1.0] * 40, epochs=9, minutes=0.75, validate_every=2)
    assert [line["seconds"] for line in loop.record.history] == [2, 7, 2, 7]
    assert loop.stopping.validation_seconds == 10
    # Two epochs take 2 + 5 and 2 + 10 seconds; from 45 - 10 on another validation would not fit.
    assert loop.stopping.seconds == clock.now[0] == 2 * (7 + 12)
    assert loop.counters.finished


def test_waiting_for_batches_counts_apart(clock, capsys):
    def slow(self, number, done=0):
        for step in range(done + 1, STEPS + 1):
            clock.now[0] += 2
            yield (number, step), {}
        clock.now[0] += 1  # the end of the batches is waited for, too

    clock(Model, "train_on_batch", 3)
    loop = make([1.0] * STEPS)
    loop.batches.epoch = slow.__get__(loop.batches)
    loop.run()
    (line,) = loop.record.history
    assert line["waited"] == pytest.approx((2 * STEPS + 1) / (5 * STEPS))
    assert "50% of it waiting for images" in capsys.readouterr().err


@pytest.mark.parametrize("bad", [NAN, float("inf")])
def test_a_loss_that_is_no_number_is_rolled_back(bad, capsys):
    loop = run([4.0, 2.0, bad, 8.0, 6.0, 6.0], epochs=3)
    # Epoch 2, step 1 diverged; it is skipped, and the rest is learned at half the rate.
    assert loop.model.seen == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)]
    assert [line["loss"] for line in loop.record.history] == [3.0, 8.0, 6.0]
    assert [line["learning_rate"] for line in loop.record.history] == [0.1, 0.05, 0.05]
    assert loop.roll_backs.skipped == [[2, 1]]
    shown = capsys.readouterr().err
    assert "The loss (loss, detection) is no finite number in epoch 2, step 1" in shown
    assert "2-1.png" in shown


def test_a_loss_that_is_never_a_number_ends_the_training():
    losses = [1.0, 1.0, NAN, 1.0, NAN, 1.0, NAN, 1.0, NAN, 1.0]
    with pytest.raises(AuxnetError, match=r"after 3 attempts .*: lower training\.learning_rate"):
        run(losses, epochs=30)
    with pytest.raises(AuxnetError, match="No batch of epoch 2 gives a finite loss"):
        run([1.0, 1.0, *[NAN] * 4], epochs=30)


def test_a_validation_without_numbers_is_rolled_back(capsys, monkeypatch):
    scores = Validator.scores

    def first_damaged(validator):
        if validator.calls == 0:
            validator.calls = 1
            raise NotFiniteError
        return scores(validator)

    monkeypatch.setattr(Validator, "scores", first_damaged)
    loop = run([1.0] * 9, epochs=2)
    assert loop.roll_backs.skipped == [[1, 2]]  # the last step of the epoch did the damage
    assert loop.counters.finished
    assert [line["learning_rate"] for line in loop.record.history] == [0.05, 0.05]
    shown = capsys.readouterr().err
    assert "The validation's output is no finite number in epoch 1, step 2" in shown


def test_batches_shrink_where_memory_runs_out(capsys):
    loop = run([1.0, 1.0, MemoryError(), *[1.0] * 10], epochs=2)
    assert loop.batches.batch_size == 2
    # The second epoch begins again, with twice the steps.
    assert [step for step in loop.model.seen if step[0] == 2] == [
        (2, 1), (2, 1), (2, 2), (2, 3), (2, 4),
    ]  # fmt: skip
    assert "not memory enough for batches of 4: going on with 2" in capsys.readouterr().err
    with pytest.raises(MemoryError):  # a batch of one cannot shrink
        run([MemoryError()] * 3)


def test_other_faults_come_through():
    with pytest.raises(RuntimeError, match="shapes differ"):
        run([RuntimeError("shapes differ")])


def test_an_epoch_whose_steps_are_all_done_is_closed_as_it_was():
    """Killed between an epoch's last step and its validation."""
    loop = run([4.0, 2.0])
    counters = loop.checkpoint.counters
    counters.step, counters.finished = STEPS, False
    again = make([], counters)
    again.run()
    (line,), (before,) = again.record.history, loop.record.history
    for name in ("loss", "detection", "learning_rate"):
        assert line[name] == before[name]


def test_an_interruption_waits_for_its_step_and_saves_it():
    loop = make([4.0, 4.0, "Ctrl-C"], epochs=3)
    with pytest.raises(KeyboardInterrupt):
        loop.run()
    counters = loop.checkpoint.counters
    assert (counters.epoch, counters.step, counters.losses["loss"]) == (2, 1, 3.0)
    assert json.loads(loop.checkpoint.kept)["average"]["steps"] == 3
    assert loop.average.settled == 2  # after the epoch, and what is kept of the unfinished one
