import numpy as np
import pytest

from auxnet_cli.backend import keras, ops
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.multitask_loss import head_losses
from auxnet_cli.training.multitask_model import MultitaskModel

HEADS = {"classification", "segmentation", "detection"}


def learn(made, images, targets, steps=4):
    losses = [made.train_on_batch(images, targets, return_dict=True) for _ in range(steps)]
    return {name: [float(step[name]) for step in losses] for name in losses[0]}


def test_every_head_learns(compiled, batch, eager):
    made, settings = compiled()
    losses = learn(made, *batch(settings), steps=8)
    assert set(losses) == {"loss", *HEADS}
    for name, values in losses.items():
        assert np.isfinite(values).all()
        assert values[-1] < 0.8 * values[0], name


def test_good_parts_alone_teach_every_head(compiled, batch, eager):
    """What others' RetinaNets do not: they drop a batch without a positive anchor."""
    made, settings = compiled()
    losses = learn(made, *batch(settings, defective=False))
    for name, values in losses.items():
        assert np.isfinite(values).all()
        assert values[0] > 0, name
        assert values[-1] < values[0], name


def test_the_loss_is_the_weighted_sum_of_the_heads(compiled, batch, eager):
    weights = {"classification": 2.0, "segmentation": 0.5, "detection": 3.0}
    made, settings = compiled(*(f"loss.{head}_weight={w}" for head, w in weights.items()))
    images, targets = batch(settings)
    losses = learn(made, images, targets, steps=1)
    expected = sum(weight * losses[head][0] for head, weight in weights.items())
    assert losses["loss"][0] == pytest.approx(expected, rel=1e-4)


def test_one_task_has_one_loss_which_is_that_of_its_head(compiled, batch, eager):
    made, settings = compiled("tasks=[cls]")
    images, targets = batch(settings)
    outputs = made.network(images, training=True)
    loss = head_losses(made.heads, targets, outputs, settings.loss)["classification"]
    expected = float(ops.convert_to_numpy(loss))
    losses = learn(made, images, targets, steps=1)
    assert set(losses) == {"loss", "classification"}
    assert losses["classification"][0] == pytest.approx(expected, rel=1e-3)


def test_class_weights_enter_the_loss(compiled, batch, eager):
    made, settings = compiled("tasks=[cls]")
    images, targets = batch(settings)
    twice = ClassWeights(np.full((2, 2), 2, np.float32), np.ones(2, np.float32))
    weighted = MultitaskModel(made.network, settings, made.heads, twice)
    outputs = made.network(images, training=False)
    plain, twofold = (
        float(ops.convert_to_numpy(each.compute_loss(y=targets, y_pred=outputs)))
        for each in (made, weighted)
    )
    assert twofold == pytest.approx(2 * plain, rel=1e-5)


OUTPUT_LAYERS = {
    "classification": "classification",
    "segmentation": "segmentation_conv",
    "detection": "detection_scores_out",
}


def bias(made, head):
    return ops.convert_to_numpy(made.network.get_layer(OUTPUT_LAYERS[head]).bias)


@pytest.mark.parametrize("kind", ["dice", "focal-tversky+bce"])
def test_good_parts_alone_move_the_output_of_every_head(compiled, batch, eager, kind):
    made, settings = compiled(f"loss.segmentation={kind}")
    made.compile(optimizer=keras.optimizers.SGD(1.0), jit_compile=False)
    # At its prior of 0.01 the class subnet is quiet already: here it cries wolf at every anchor.
    scores = made.network.get_layer(OUTPUT_LAYERS["detection"])
    scores.bias.assign(ops.zeros_like(scores.bias.value))
    before = {head: bias(made, head) for head in HEADS}
    made.train_on_batch(*batch(settings, defective=False))
    for head in HEADS:
        # Where 12,288 pixels are falsely found, Dice's slope at each is slight.
        assert np.abs(bias(made, head) - before[head]).max() > 1e-6, head
    assert all(np.isfinite(ops.convert_to_numpy(weight)).all() for weight in made.weights)


def test_a_batch_without_masks_trains_the_other_heads_alone(compiled, batch, eager):
    made, settings = compiled()
    made.compile(optimizer=keras.optimizers.SGD(1.0), jit_compile=False)
    images, targets = batch(settings)
    targets["segmentation_known"][:] = 0
    before = {head: bias(made, head) for head in HEADS}
    made.train_on_batch(images, targets)
    for head in HEADS:
        moved = np.abs(bias(made, head) - before[head]).max()
        assert (moved > 1e-4) == (head != "segmentation"), head
