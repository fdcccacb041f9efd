import json
from functools import partial
from pathlib import Path

import pytest

from auxnet_cli.commands.lr import lr
from auxnet_cli.documents.training_result import LearningRate

RESULT = LearningRate(peak=0.00123, rates=[0.1], losses=[2.0], out="range_test")


@pytest.fixture
def call(invoke):
    return partial(invoke, lr, "auxnet_cli.jobs.find_lr.find_lr", RESULT)


def test_options_reach_the_library(call):
    done, calls = call(
        "--tasks", "det,cls", "--data", "d", "--preset", "swift", "--config", "c.yaml",
        "--set", "seed=1", "--out", "o", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert calls == [(("cls", "det"), Path("d"), "swift", Path("c.yaml"), ["seed=1"], Path("o"))]
    assert list(json.loads(done.stdout).items()) == list(RESULT.model_dump().items())


def test_it_says_what_to_do_next(call):
    done, _ = call()
    assert "Peak learning rate: 0.0012" in done.output
    assert "range_test.png" in done.output
    assert "auxnet train --set training.learning_rate=0.0012" in done.output
