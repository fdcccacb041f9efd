"""An encoder that stands still in the first epochs, so that fresh heads do not spoil it."""

from typing import Any

from auxnet_cli.backend import keras
from auxnet_cli.errors import InputError
from auxnet_cli.model.encoders import backbone


def check_frozen_epochs(epochs: int, start: str) -> None:
    """Check that there is something worth keeping.

    Args:
        epochs: the setting ``training.frozen_epochs``.
        start: where the weights come from; it begins with "none" where they are random.

    Raises:
        InputError: random weights would be kept.
    """
    if epochs and start.startswith("none"):
        raise InputError(
            f"training.frozen_epochs={epochs} would keep random weights in the encoder, which "
            "starts from none: give it weights with --set model.weights=FILE or --from RUN, or "
            "leave training.frozen_epochs at 0."
        )


def freeze(trainee: Any, network: keras.Model, frozen: bool) -> bool:
    """Let the encoder stand still, or move again; does nothing where it does so already.

    Its weights and its batch statistics stand; it normalises by the statistics it has. Attention,
    which no published weights have, goes on learning, as do pyramid and heads.

    A change begins a fresh optimizer of the same settings, over what now learns, and a fresh
    training function. Adam corrects its first steps by the number of steps done: with an optimizer
    that had run for some hundred steps without the encoder, the encoder's first steps would be up
    to 6.6 times too long.

    Args:
        trainee: compiled; it trains ``network``.
        network: from :func:`auxnet_cli.model.networks.defect_aux_net.defect_aux_net`.
        frozen: whether the encoder is to stand still.

    Returns:
        Whether anything changed. Then ``trainee.optimizer`` is another.
    """
    layers = backbone(network)
    if all(layer.trainable is not frozen for layer in layers):
        return False
    for layer in layers:
        layer.trainable = not frozen
    old = trainee.optimizer
    trainee.compile(
        optimizer=type(old).from_config(old.get_config()),
        jit_compile=trainee.jit_compile,
        run_eagerly=trainee.run_eagerly,
    )
    trainee.optimizer.build(trainee.trainable_variables)
    return True
