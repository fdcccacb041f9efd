import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.data.samples.sample import Sample
from auxnet_cli.model.heads import open_heads
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.training.batches import targets_of
from auxnet_cli.training.multitask_model import MultitaskModel


def heads_of(settings):
    size, model = settings.data.size, settings.model
    return open_heads(settings.tasks, 2, "multi-label", size, model)


@pytest.fixture
def compiled(tiny):
    """Builds a small multitask model of two classes; gives it with its settings."""

    def make(*overrides, optimizer=None):
        settings = load_settings("demo", overrides=[*tiny, *overrides])
        network = defect_aux_net(
            2, "multi-label", settings.tasks, settings.data.size, settings.model
        )
        model = MultitaskModel(network, settings, heads_of(settings))
        model.compile(optimizer=optimizer or keras.optimizers.Adam(1e-3), jit_compile=False)
        model.optimizer.build(model.trainable_variables)
        return model, settings

    return make


@pytest.fixture
def batch():
    """Draws images, each with a bright rectangle that is a defect of the second class, or bare."""

    def make(settings, count=4, defective=True):
        heads, rng = heads_of(settings), np.random.default_rng(1)
        images, targets = [], []
        for number in range(count):
            image = rng.integers(50, 70, (*settings.data.size, 3), dtype=np.uint8)
            instances = np.zeros((*settings.data.size, 2), np.uint16)
            if defective:
                area = np.s_[4:20, 10 + 15 * number : 30 + 15 * number]
                image[area] = 200
                instances[..., 1][area] = 1
            images.append(image)
            targets.append(targets_of(Sample(image, instances), heads))
        return np.stack(images), {
            name: np.stack([target[name] for target in targets]) for name in targets[0]
        }

    return make
