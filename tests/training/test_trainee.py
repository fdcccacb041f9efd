import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.data.sample import Sample
from auxnet_cli.layering import load_settings
from auxnet_cli.model.class_weights import ClassWeights
from auxnet_cli.model.defect_aux_net import defect_aux_net
from auxnet_cli.model.losses import head_losses
from auxnet_cli.training.targets import TargetMaker
from auxnet_cli.training.trainee import Trainee

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
        nothing = np.zeros((0, 4, 2), np.float32), np.zeros(0, np.int64)
        targets.append(maker(Sample(image, instances, *nothing)))
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
    expected = float(head_losses(targets, outputs, settings.loss, False)["classification"])
    losses = learn(made, images, targets, steps=1)
    assert set(losses) == {"loss", "classification"}
    assert losses["classification"][0] == pytest.approx(expected, rel=1e-3)


def test_class_weights_enter_the_loss(tiny, eager):
    made, settings = trainee(tiny, "tasks=[cls]")
    images, targets = batch(settings)
    twice = ClassWeights(np.full((2, 2), 2, np.float32), np.ones(2, np.float32))
    weighted = Trainee(made.network, settings.loss, exclusive=False, weights=twice)
    outputs = made.network(images, training=False)
    plain = float(made.compute_loss(y=targets, y_pred=outputs))
    assert float(weighted.compute_loss(y=targets, y_pred=outputs)) == pytest.approx(
        2 * plain, rel=1e-5
    )
