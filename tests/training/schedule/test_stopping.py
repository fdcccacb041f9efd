import pytest

from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training.schedule.stopping import Stopping


def stopping(seconds=0.0, validation_seconds=0.0, **settings):
    rule = Stopping(TrainingSettings(**settings))
    rule.load_state_dict({"seconds": seconds, "validation_seconds": validation_seconds})
    return rule


def test_by_epochs():
    rule = stopping(seconds=1e9, epochs=4)
    assert rule.progress(1, 0, 10) == 0
    assert rule.progress(3, 5, 10) == pytest.approx(0.625)
    assert not rule.out_of_time
    assert rule.seconds_left is None
    assert [rule.last(epoch) for epoch in (3, 4)] == [False, True]


def test_by_time_the_last_validation_fits_in():
    halfway = stopping(50.0, 20.0, epochs=1, minutes=2)
    assert halfway.progress(9, 3, 10) == pytest.approx(0.5)
    assert halfway.seconds_left == 50
    assert not halfway.out_of_time
    assert not halfway.last(9)
    end = stopping(100.0, 20.0, epochs=1, minutes=2)
    assert end.progress(9, 3, 10) == 1
    assert end.out_of_time
    assert end.last(9)


def test_patience():
    patient = stopping(patience=3)
    assert patient.stalled(7, best_epoch=4)
    assert not patient.stalled(7, best_epoch=5)
    assert patient.stalled(3, best_epoch=None)
    assert not stopping().stalled(7, best_epoch=1)
