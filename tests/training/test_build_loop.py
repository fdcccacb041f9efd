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
