"""Freezes the encoder in the first epochs, so that untrained heads do not spoil it."""

from auxnet_cli.errors import InputError
from auxnet_cli.training.multitask_model import MultitaskModel


def check_frozen_epochs(epochs: int, origin: str) -> None:
    """Checks that the encoder's weights are worth keeping; random ones have the origin "none…".

    Raises:
        InputError: random weights would be kept.
    """
    if epochs and origin.startswith("none"):
        raise InputError(
            f"training.frozen_epochs={epochs} would keep random weights in the encoder, which "
            "starts from none: give it weights with --set model.weights=FILE or --from RUN, or "
            "leave training.frozen_epochs at 0."
        )


def freeze(model: MultitaskModel, frozen: bool) -> None:
    """Freezes or thaws the encoder; does nothing where it is so already.

    A frozen encoder keeps its weights and batch statistics, and normalises by these. Attention,
    which no published weights have, goes on learning, as do pyramid and heads.

    A change replaces the optimizer by a fresh one of the same settings over what learns now, and
    the training function. Adam corrects its first steps by the number of steps done: with an
    optimizer that had run for some hundred steps without the encoder, the encoder's first steps
    would be up to 6.6 times too long.
    """
    layers = model.backbone
    if all(layer.trainable is not frozen for layer in layers):
        return
    for layer in layers:
        layer.trainable = not frozen
    old = model.optimizer
    model.compile(
        optimizer=type(old).from_config(old.get_config()),
        jit_compile=model.jit_compile,
        run_eagerly=model.run_eagerly,
    )
    model.optimizer.build(model.trainable_variables)
