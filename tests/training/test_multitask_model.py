import numpy as np
import pytest

from auxnet_cli.backend import keras, ops
from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.losses import head_losses
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.multitask_model import Trainee
from auxnet_cli.training.targets import TargetMaker

HEADS = {"classification", "segmentation", "detection"}


def trainee(tiny, *overrides, rate=1e-3):
    settings = load_settings("demo", overrides=[*tiny, "model.attention=none", *overrides])
    network = defect_aux_net(2, "multi-label", settings.tasks, settings.data.size, settings.model)
    made = Trainee(network, settings.loss, exclusive=False)
    made.compile(optimizer=keras.optimizers.Adam(rate), jit_compile=False)
    return made, settings


def batch(settings, defective=True):
    """Four images, each with a bright rectangle that is a defect of the second class, or bare."""
    maker = TargetMaker(settings, exclusive=False)
    images, targets = [], []
    for number in range(4):
        image = np.full((*settings.data.size, 3), 60, np.uint8)
        instances = np.zeros((*settings.data.size, 2), np.uint16)
        if defective:
            place = np.s_[4:20, 10 + 15 * number : 30 + 15 * number]
            image[place] = 200
            instances[..., 1][place] = 1
        images.append(image)
        targets.append(maker(Sample(image, instances)))
    return np.stack(images), {name: np.stack([one[name] for one in targets]) for name in targets[0]}


def learn(made, images, targets, steps=8):
    losses = [made.train_on_batch(images, targets, return_dict=True) for _ in range(steps)]
    return {name: [float(step[name]) for step in losses] for name in losses[0]}


def test_every_head_learns(tiny, eager):
    made, settings = trainee(tiny)
    losses = learn(made, *batch(settings))
    assert set(losses) == {"loss", *HEADS}
    for name, values in losses.items():
        assert np.isfinite(values).all()
        assert values[-1] < 0.8 * values[0], name


def test_good_parts_alone_teach_every_head(tiny, eager):
    """What others' RetinaNets do not: they drop a batch without a positive anchor."""
    made, settings = trainee(tiny)
    losses = learn(made, *batch(settings, defective=False))
    for name, values in losses.items():
        assert np.isfinite(values).all()
        assert values[0] > 0, name
        assert values[-1] < values[0], name


def test_the_loss_is_the_weighted_sum_of_the_heads(tiny, eager):
    weights = {"classification": 2.0, "segmentation": 0.5, "detection": 3.0}
    made, settings = trainee(tiny, *(f"loss.{head}_weight={w}" for head, w in weights.items()))
    images, targets = batch(settings)
    losses = learn(made, images, targets, steps=1)
    expected = sum(weight * losses[head][0] for head, weight in weights.items())
    assert losses["loss"][0] == pytest.approx(expected, rel=1e-4)


def test_one_task_has_one_loss_which_is_that_of_its_head(tiny, eager):
    made, settings = trainee(tiny, "tasks=[cls]")
    images, targets = batch(settings)
    outputs = made.network(images, training=True)
    found = head_losses(targets, outputs, settings.loss, False)["classification"]
    expected = float(ops.convert_to_numpy(found))
    losses = learn(made, images, targets, steps=1)
    assert set(losses) == {"loss", "classification"}
    assert losses["classification"][0] == pytest.approx(expected, rel=1e-3)


def test_class_weights_enter_the_loss(tiny, eager):
    made, settings = trainee(tiny, "tasks=[cls]")
    images, targets = batch(settings)
    twice = ClassWeights(np.full((2, 2), 2, np.float32), np.ones(2, np.float32))
    weighted = Trainee(made.network, settings.loss, exclusive=False, weights=twice)
    outputs = made.network(images, training=False)
    plain, twofold = (
        float(ops.convert_to_numpy(one.compute_loss(y=targets, y_pred=outputs)))
        for one in (made, weighted)
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
def test_good_parts_alone_move_the_output_of_every_head(tiny, eager, kind):
    made, settings = trainee(tiny, f"loss.segmentation={kind}", "loss.balance=uncertainty")
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


def test_a_batch_without_masks_trains_the_other_heads_alone(tiny, eager):
    made, settings = trainee(tiny, "loss.balance=uncertainty")
    made.compile(optimizer=keras.optimizers.SGD(1.0), jit_compile=False)
    images, targets = batch(settings)
    targets["segmentation_known"][:] = 0
    before = {head: bias(made, head) for head in HEADS}
    made.train_on_batch(images, targets)
    for head in HEADS:
        moved = np.abs(bias(made, head) - before[head]).max()
        assert (moved > 1e-4) == (head != "segmentation"), head
    # Neither does a head learn that it is sure of itself, where it was not asked.
    assert made.head_weights()["segmentation_weight"] == 1
    assert made.head_weights()["detection_weight"] != 1


def test_learned_weights_start_at_those_of_the_settings(tiny, eager):
    weights = {"classification": 2.0, "segmentation": 0.5, "detection": 3.0}
    given = [f"loss.{head}_weight={weight}" for head, weight in weights.items()]
    made, settings = trainee(tiny, *given, "loss.balance=uncertainty", rate=0.1)
    expected = {f"{head}_weight": pytest.approx(weight) for head, weight in weights.items()}
    assert made.head_weights() == expected
    images, targets = batch(settings)
    losses = learn(made, images, targets, steps=1)
    sum_ = sum(weight * losses[head][0] for head, weight in weights.items())
    # s = −log β, and each head adds s / 2.
    assert losses["loss"][0] == pytest.approx(sum_ - np.log(2 * 0.5 * 3) / 2, rel=1e-4)
    # A head pays for its weight while that is above 1 / (2 L).
    for head, weight in weights.items():
        grown = made.head_weights()[f"{head}_weight"] > weight
        assert grown == (weight < 1 / (2 * losses[head][0])), head


def test_learned_weights_belong_to_the_state_and_fixed_ones_do_not_exist(tiny, eager):
    fixed, settings = trainee(tiny)
    assert fixed.head_weights() == {}
    made = Trainee(
        fixed.network, settings.loss.model_copy(update={"balance": "uncertainty"}), exclusive=False
    )
    own = {variable.name for variable in made.trainable_variables} - {
        variable.name for variable in fixed.trainable_variables
    }
    assert own == {f"log_variance_{head}" for head in HEADS}
    assert len(made.trainable_variables) == len(fixed.trainable_variables) + 3
