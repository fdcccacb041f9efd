import json

import numpy as np
import pytest

from auxnet_cli.errors import AuxnetError
from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training.loop import learn


class _Trainee:
    class optimizer:  # noqa: N801 - as Keras names it
        learning_rate = 0.001

    def __init__(self, losses):
        self._losses = iter(losses)

    def train_on_batch(self, *_, **__):
        loss = next(self._losses)
        return {"loss": loss, "detection": loss / 2}


class _Batches:
    steps = 2

    def epoch(self, number):
        return iter([(np.zeros(1), {}), (np.zeros(1), {})])


class _Validator:
    calls = 0

    def scores(self):
        self.calls += 1
        return {"val_score": 0.5, "val_f1": None}


class _Record:
    folder = "runs/x"

    def __init__(self):
        self.history = []

    def add(self, line):
        self.history.append(line)
        return True


def _run(losses, **settings):
    validator, record = _Validator(), _Record()
    learn(_Trainee(losses), _Batches(), validator, record, TrainingSettings(**settings))
    return validator, record


def test_a_line_holds_the_epochs_means(capsys):
    _, record = _run([4.0, 2.0, 1.0, 0.5], epochs=2, batch_size=3)
    assert [line["loss"] for line in record.history] == [3.0, 0.75]
    assert [line["detection"] for line in record.history] == [1.5, 0.375]
    json.dumps(record.history, allow_nan=False)
    first = capsys.readouterr().err.splitlines()[0]
    assert first.startswith("epoch 1/2  loss 3.0000  score 0.500")
    assert "f1" not in first


def test_the_last_epoch_is_validated_always():
    validator, record = _run([1.0] * 10, epochs=5, validate_every=3)
    assert validator.calls == 2
    assert ["val_score" in line for line in record.history] == [False, False, True, False, True]


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_ends_the_training(bad):
    with pytest.raises(AuxnetError, match=r"epoch 1, step 2: lower training\.learning_rate"):
        _run([1.0, bad], epochs=3)
