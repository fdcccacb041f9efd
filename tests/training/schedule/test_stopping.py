import pytest

from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training.schedule.stopping import Pace
from auxnet_cli.training.state import State


def state(**given):
    return State("data/x", "f", "", "none", {}, batch_size=8, peak=0.1, **given)


def test_by_epochs():
    pace = Pace(TrainingSettings(epochs=4))
    assert pace.progress(state(), 10) == 0
    assert pace.progress(state(epoch=3, step=5), 10) == pytest.approx(0.625)
    assert not pace.out_of_time(state(seconds=1e9))
    assert [pace.last(state(epoch=epoch)) for epoch in (3, 4)] == [False, True]


def test_by_time_the_last_validation_fits_in():
    pace = Pace(TrainingSettings(epochs=1, minutes=2))
    halfway = state(epoch=9, seconds=50.0, validation_seconds=20.0)
    assert pace.progress(halfway, 10) == pytest.approx(0.5)
    assert not pace.out_of_time(halfway)
    assert not pace.last(halfway)
    end = state(epoch=9, seconds=100.0, validation_seconds=20.0)
    assert pace.progress(end, 10) == 1
    assert pace.out_of_time(end)
    assert pace.last(end)


def test_the_time_left():
    assert Pace(TrainingSettings()).seconds_left(state(seconds=9.0)) is None
    budget = Pace(TrainingSettings(minutes=2))
    assert budget.seconds_left(state(seconds=30.0, validation_seconds=20.0)) == 70


def test_patience():
    lines = [{"epoch": number} for number in range(1, 8)]
    patient = Pace(TrainingSettings(patience=3))
    assert patient.stalled(state(history=lines), best_epoch=4)
    assert not patient.stalled(state(history=lines), best_epoch=5)
    assert patient.stalled(state(history=lines[:3]), best_epoch=None)
    assert not Pace(TrainingSettings()).stalled(state(history=lines), best_epoch=1)
