import json
from functools import partial
from pathlib import Path

import pytest

from auxnet_cli.commands.pretrain import pretrain
from auxnet_cli.documents.dataset_card import (
    Photos,
    ProceduralRecipe,
    ProceduralSet,
    SplitCounts,
)
from auxnet_cli.documents.training_result import PretrainingResult

RESULT = PretrainingResult(
    run="runs/[a]",
    data="data/strips/grown",
    epochs=3,
    best_epoch=2,
    best=0.5,
    history=[],
    unreadable={},
    warnings=[],
    seconds=90.0,
    photos="data/strips",
    grown=ProceduralSet(
        name="strips-grown",
        kind="grown",
        classes=["pit"],
        label_kind="multi-label",
        counts={
            split: SplitCounts(images=number, good=0, defective=number, classes={"pit": number})
            for split, number in (("train", 38), ("val", 2), ("test", 0))
        },
        split=ProceduralRecipe(
            images=40,
            size=[32, 96],
            tile=None,
            seed=0,
            photos=Photos(of="strips", fingerprint="f"),
        ),
        tool_version="0.1.0",
        fingerprint="g",
        out="data/strips/grown",
    ),
)


@pytest.fixture
def call(invoke):
    return partial(invoke, pretrain, "auxnet_cli.jobs.pretrain.pretrain")


def test_options_reach_the_library(call):
    done, calls = call(
        RESULT, "--tasks", "det,cls", "--data", "d", "--images", "40", "--preset", "swift",
        "--config", "c.yaml", "--set", "seed=1", "--out", "o", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert calls == [
        (("cls", "det"), Path("d"), 40, "swift", Path("c.yaml"), ["seed=1"], Path("o"))
    ]
    printed = json.loads(done.stdout)
    assert printed == RESULT.document()
    assert list(printed)[-3:] == ["seconds", "photos", "grown"]


def test_nothing_has_to_be_given_and_the_next_step_is_named(call):
    done, calls = call(RESULT)
    assert calls == [(None, None, None, None, None, (), None)]
    words = " ".join(done.stdout.split())
    assert "Trained 3 epochs on 40 drawn images (data/strips/grown) in 1.5 min" in words
    assert "Next: auxnet train --from runs/[a] --data data/strips" in words
