import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.settings import TrainingSettings
from auxnet_cli.training.schedule.freezing import Freezing, level
from auxnet_cli.training.schedule.optimizer import CycledAdam

RATE = 1e-3


@pytest.fixture
def made(compiled, batch, eager):
    # With fewer channels a unit of squeeze-and-excitation may be dead.
    optimizer = keras.optimizers.Adam(RATE, beta_1=0.8, global_clipnorm=10.0)
    model, settings = compiled(
        "tasks=[cls,seg]",
        "model.encoder_width=0.5",
        "model.attention=se+spatial",
        optimizer=optimizer,
    )
    return model, batch(settings, count=2)


def freeze(model, frozen):
    Freezing(TrainingSettings(frozen_epochs=1), trained=True).apply(model, 1 if frozen else 2)


def values(model):
    """The weights, those of the backbone and the rest."""
    names = {layer.name for layer in model.backbone}
    held = {layer.name: layer.get_weights() for layer in model.network.layers if layer.weights}
    return {name: held[name] for name in held.keys() & names}, {
        name: held[name] for name in held.keys() - names
    }


def moved(before, after):
    """Layers of which every weight changed, and those of which any did."""
    changes = {
        name: [not np.array_equal(a, b) for a, b in zip(before[name], after[name], strict=True)]
        for name in before
    }
    return (
        {name for name, each in changes.items() if all(each)},
        {name for name, each in changes.items() if any(each)},
    )


def test_the_encoder_stands_still_and_moves_again(made):
    model, (images, targets) = made
    encoder, rest = values(model)
    freeze(model, True)
    for _ in range(2):
        model.train_on_batch(images, targets)
    frozen, learned = values(model)
    assert moved(encoder, frozen)[1] == set()
    assert moved(rest, learned)[1] == set(rest)
    assert any(name.endswith("_se_excite") for name in rest)  # attention learns

    freeze(model, False)
    model.train_on_batch(images, targets)
    thawed, _ = values(model)
    norms = {name for name in thawed if name.endswith("_bn")}
    assert moved(frozen, thawed)[1] == set(thawed)
    # Scale, shift and both moving statistics.
    assert norms <= moved(frozen, thawed)[0]


def test_it_normalises_by_the_statistics_it_has(made):
    model, (images, _) = made
    network = model.network
    features = keras.Model(network.input, network.get_layer("conv1_bn").output)
    batch = keras.ops.convert_to_numpy(features(images, training=True))
    still = keras.ops.convert_to_numpy(features(images, training=False))
    assert not np.allclose(batch, still, atol=1e-3)
    freeze(model, True)
    np.testing.assert_array_equal(features(images, training=True), still)


def test_the_first_step_after_the_thaw_is_not_too_long(made):
    """Adam's first step is as long as the learning rate, whatever the gradient."""
    model, (images, targets) = made
    freeze(model, True)
    for _ in range(3):
        model.train_on_batch(images, targets)
    freeze(model, False)
    before, _ = values(model)
    model.train_on_batch(images, targets)
    after, _ = values(model)
    assert longest(before, after) == pytest.approx(RATE, rel=0.01)


def test_the_optimizer_keeps_its_settings_and_holds_only_what_learns(made):
    model, _ = made
    whole, optimizer = len(model.optimizer.variables), model.optimizer
    freeze(model, False)  # it is so already
    assert model.optimizer is optimizer
    model.optimizer.learning_rate = 5e-4
    freeze(model, True)
    optimizer = model.optimizer
    assert float(optimizer.learning_rate) == pytest.approx(5e-4)
    assert (optimizer.beta_1, optimizer.global_clipnorm) == (0.8, 10.0)
    # Adam has two for each.
    still = sum(len(layer.weights) for layer in model.backbone if "_conv" in layer.name)
    still += sum(2 for layer in model.backbone if layer.name.endswith("_bn"))
    assert len(optimizer.variables) == whole - 2 * still
    freeze(model, False)
    assert len(model.optimizer.variables) == whole
    assert model.jit_compile is False


def test_random_weights_are_not_kept(made):
    model, _ = made
    settings = TrainingSettings(
        frozen_epochs=3, frozen_level=3, frozen_norms=True, encoder_rate=0.5
    )
    scratch = Freezing(settings, trained=False)
    scratch.apply(model, 1)
    assert all(layer.trainable for layer in model.backbone)
    assert scratch.rates(model) == {}


def test_fine_levels_and_norms_never_move(made):
    model, (images, targets) = made
    Freezing(TrainingSettings(frozen_level=2, frozen_norms=True), trained=True).apply(model, 9)
    before, rest = values(model)
    model.train_on_batch(images, targets)
    after, learned = values(model)
    coarse = {layer.name for layer in model.backbone if level(layer, model.network) > 2}
    convolutions = {name for name in coarse if not name.endswith("_bn")}
    assert convolutions
    assert moved(before, after) == (convolutions, convolutions)
    assert moved(rest, learned)[1] == set(rest)
    assert {level(layer, model.network) for layer in model.backbone} == {1, 2, 3, 4, 5}


def test_a_slow_encoder_takes_shorter_steps(made):
    """Adam's first step is as long as the learning rate, whatever the gradient."""
    model, (images, targets) = made
    rates = Freezing(TrainingSettings(encoder_rate=0.25), trained=True).rates(model)
    optimizer = CycledAdam.from_config(CycledAdam(RATE, rates=rates).get_config())
    model.compile(optimizer=optimizer)
    encoder, rest = values(model)
    model.train_on_batch(images, targets)
    slow, fast = values(model)
    assert longest(encoder, slow) == pytest.approx(RATE / 4, rel=0.01)
    assert longest(rest, fast) == pytest.approx(RATE, rel=0.01)


def longest(before, after):
    """The longest step of a convolution's weights."""
    return max(np.abs(after[name][0] - before[name][0]).max() for name in before if "_conv" in name)
