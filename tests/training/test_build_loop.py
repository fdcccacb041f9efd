import numpy as np
import pytest

from auxnet_cli.training.build_loop import build_loop
from auxnet_cli.training.initialisation import initialise
from auxnet_cli.training.plan import new_plan


@pytest.mark.usefixtures("shallow")
@pytest.mark.parametrize("kind", ["none", "balanced"])
def test_class_weights_are_those_of_the_training_split(made, tiny, tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    overrides = [*tiny, f"loss.class_weights={kind}"]
    plan = new_plan(["cls"], made.root, "demo", None, overrides)
    weights = build_loop(plan, initialise(plan), tmp_path).model.class_weights
    if kind == "none":
        assert weights is None
        return
    records = made.split("train")
    counts = [
        sum(label in record.labels for record in records) for label in range(len(made.classes))
    ]
    assert any(counts)
    for label, number in enumerate(counts):
        expected = len(records) / (2 * number) if 0 < number < len(records) else 1
        assert weights.classification[1, label] == pytest.approx(expected, rel=1e-5)
        pairs = sum(counts) / (sum(map(bool, counts)) * number) if number else 1
        assert weights.segmentation[label] == pytest.approx(pairs, rel=1e-5)


@pytest.mark.usefixtures("shallow", "eager")
def test_batches_are_accumulated_for_a_step(made, tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    overrides = [*tiny, "model.attention=none", "training.accumulate=3"]
    plan = new_plan(["cls"], made.root, "demo", None, overrides)
    loop = build_loop(plan, initialise(plan), tmp_path)
    kernel = loop.model.network.get_layer("classification").kernel
    moved = []
    for images, targets in (batch for epoch in (1, 2, 3) for batch in loop.batches.epoch(epoch)):
        before = np.array(kernel)
        loop.model.train_on_batch(images, targets)
        moved.append(bool((np.array(kernel) != before).any()))
    assert len(moved) >= 6
    assert moved == [number % 3 == 0 for number in range(1, len(moved) + 1)]
    # What was gathered for the next step is part of a checkpoint.
    gathered = [each for each in loop.model.optimizer.variables if "accumulator" in each.path]
    assert len(gathered) == len(loop.model.trainable_variables)
