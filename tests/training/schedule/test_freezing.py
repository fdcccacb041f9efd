import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.errors import InputError
from auxnet_cli.model.encoders import backbone
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.multitask_model import Trainee
from auxnet_cli.training.schedule.freezing import check_frozen_epochs, freeze
from auxnet_cli.training.targets import TargetMaker

RATE = 1e-3


@pytest.fixture
def made(tiny, eager):
    # With fewer channels a unit of squeeze-and-excitation may be dead.
    overrides = [*tiny, "tasks=[cls,seg]", "model.encoder=resnet18", "model.encoder_width=0.5"]
    settings = load_settings("demo", overrides=overrides)
    network = defect_aux_net(2, "multi-label", settings.tasks, settings.data.size, settings.model)
    trainee = Trainee(network, settings.loss, exclusive=False)
    optimizer = keras.optimizers.Adam(RATE, beta_1=0.8, global_clipnorm=10.0)
    trainee.compile(optimizer=optimizer, jit_compile=False)
    trainee.optimizer.build(trainee.trainable_variables)
    rng = np.random.default_rng(0)
    maker = TargetMaker(settings, exclusive=False)
    images, targets = [], []
    for _ in range(2):
        image = rng.integers(0, 256, (*settings.data.size, 3)).astype(np.uint8)
        instances = np.zeros((*settings.data.size, 2), np.uint16)
        instances[4:20, 10:30, 1] = 1
        images.append(image)
        targets.append(maker(Sample(image, instances)))
    batch = np.stack(images), {name: np.stack([t[name] for t in targets]) for name in targets[0]}
    return trainee, network, batch


def values(network):
    """The weights, those of the backbone and the rest."""
    names = {layer.name for layer in backbone(network)}
    held = {layer.name: layer.get_weights() for layer in network.layers if layer.weights}
    return (
        {name: own for name, own in held.items() if name in names},
        {name: own for name, own in held.items() if name not in names},
    )


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
    trainee, network, (images, targets) = made
    encoder, rest = values(network)
    assert freeze(trainee, network, True)
    for _ in range(2):
        trainee.train_on_batch(images, targets)
    frozen, learned = values(network)
    assert moved(encoder, frozen)[1] == set()
    assert moved(rest, learned)[1] == set(rest)
    assert any(name.endswith("_se_excite") for name in rest)  # attention learns

    assert freeze(trainee, network, False)
    trainee.train_on_batch(images, targets)
    thawed, _ = values(network)
    norms = {name for name in thawed if name.endswith("_bn")}
    assert moved(frozen, thawed)[1] == set(thawed)
    # Scale, shift and both moving statistics.
    assert norms <= moved(frozen, thawed)[0]


def test_it_normalises_by_the_statistics_it_has(made):
    trainee, network, (images, _) = made
    features = keras.Model(network.input, network.get_layer("conv1_bn").output)
    batch = keras.ops.convert_to_numpy(features(images, training=True))
    still = keras.ops.convert_to_numpy(features(images, training=False))
    assert not np.allclose(batch, still, atol=1e-3)
    freeze(trainee, network, True)
    np.testing.assert_array_equal(features(images, training=True), still)


def test_the_first_step_after_the_thaw_is_not_too_long(made):
    """Adam's first step is as long as the learning rate, whatever the gradient."""
    trainee, network, (images, targets) = made
    freeze(trainee, network, True)
    for _ in range(3):
        trainee.train_on_batch(images, targets)
    freeze(trainee, network, False)
    before, _ = values(network)
    trainee.train_on_batch(images, targets)
    after, _ = values(network)
    steps = [
        np.abs(a - b).max()
        for name in before
        if name.endswith("_conv")
        for a, b in zip(before[name], after[name], strict=True)
    ]
    assert max(steps) == pytest.approx(RATE, rel=0.01)


def test_the_optimizer_keeps_its_settings_and_holds_only_what_learns(made):
    trainee, network, _ = made
    whole = len(trainee.optimizer.variables)
    trainee.optimizer.learning_rate = 5e-4
    freeze(trainee, network, True)
    optimizer = trainee.optimizer
    assert float(optimizer.learning_rate) == pytest.approx(5e-4)
    assert (optimizer.beta_1, optimizer.global_clipnorm) == (0.8, 10.0)
    # Adam has two for each.
    still = sum(len(layer.weights) for layer in backbone(network) if "_conv" in layer.name)
    still += sum(2 for layer in backbone(network) if layer.name.endswith("_bn"))
    assert len(optimizer.variables) == whole - 2 * still
    freeze(trainee, network, False)
    assert len(trainee.optimizer.variables) == whole
    assert trainee.jit_compile is False


def test_nothing_changes_where_nothing_is_to_change(made):
    trainee, network, _ = made
    optimizer = trainee.optimizer
    assert not freeze(trainee, network, False)
    assert trainee.optimizer is optimizer
    assert freeze(trainee, network, True)
    optimizer = trainee.optimizer
    assert not freeze(trainee, network, True)
    assert trainee.optimizer is optimizer


def test_random_weights_are_not_worth_keeping():
    check_frozen_epochs(0, "none: learned from scratch, as asked")
    check_frozen_epochs(3, "ImageNet")
    with pytest.raises(InputError, match=r"training\.frozen_epochs=3 would keep random weights"):
        check_frozen_epochs(3, "none: learned from scratch, as asked")
