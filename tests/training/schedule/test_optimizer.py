import numpy as np
import pytest

from auxnet_cli.backend import keras
from auxnet_cli.training.schedule.optimizer import CycledAdam


def steps(optimizer, momenta):
    """A weight after gradients of 1, 2, 3 ..., with β1 set before each step."""
    weight = keras.Variable(np.ones(3, "float32"))
    optimizer.build([weight])
    for number, momentum in enumerate(momenta, start=1):
        if momentum is not None:
            optimizer.beta_1 = momentum
        optimizer.apply([keras.ops.full((3,), float(number))], [weight])
    return keras.ops.convert_to_numpy(weight.value)


def test_untouched_it_is_adam():
    adam = steps(keras.optimizers.Adam(0.1, beta_1=0.8), [None] * 4)
    assert steps(CycledAdam(0.1, beta_1=0.8), [None] * 4) == pytest.approx(adam, abs=1e-7)


def test_by_hand():
    """Two steps, β1 0.95 and then 0.85; β2 stays at 0.999."""
    m = 0.05 * 1
    v = 0.001 * 1
    weight = 1 - 0.1 * (m / (1 - 0.95)) / (np.sqrt(v / (1 - 0.999)) + 1e-7)
    m = 0.85 * m + 0.15 * 2
    v = 0.999 * v + 0.001 * 4
    weight -= 0.1 * (m / (1 - 0.85**2)) / (np.sqrt(v / (1 - 0.999**2)) + 1e-7)
    assert steps(CycledAdam(0.1), [0.95, 0.85]) == pytest.approx([weight] * 3, abs=1e-5)


def test_a_compiled_step_reads_it_anew():
    model = keras.Sequential([keras.layers.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    optimizer = CycledAdam(0.0)
    model.compile(optimizer=optimizer, loss="mse")
    image, truth = np.ones((4, 2)), np.zeros((4, 1))
    model.train_on_batch(image, truth)
    first = keras.ops.convert_to_numpy(optimizer._momentums[0].value)
    optimizer.beta_1 = 1.0
    model.train_on_batch(image, truth)
    # With β1 = 1 and a rate of 0 nothing moves.
    assert (keras.ops.convert_to_numpy(optimizer._momentums[0].value) == first).all()
    assert float(optimizer.beta_1.value) == 1.0


def test_it_can_be_rebuilt():
    document = keras.saving.serialize_keras_object(CycledAdam(0.1, beta_1=0.7))
    again = keras.saving.deserialize_keras_object(document, safe_mode=True)
    assert isinstance(again, CycledAdam)
    assert again.beta_1 == 0.7
