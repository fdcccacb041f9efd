"""Builds the network that a training starts with and gives it its first weights."""

from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.backend import keras
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.network_file import load_network
from auxnet_cli.model.encoders.weights import adopt, find_weights
from auxnet_cli.model.heads import open_heads
from auxnet_cli.model.heads.head import Head
from auxnet_cli.model.networks.network import find_network
from auxnet_cli.model.scaling import Scaling
from auxnet_cli.model.transfer import ClassOutputs, transfer
from auxnet_cli.settings import ModelSettings, Settings
from auxnet_cli.settings.loader import read_settings
from auxnet_cli.training.plan import Plan
from auxnet_cli.workspace import CONFIG, find_run

ENCODER_SETTINGS = ("encoder", "encoder_width", "attention", "reduction", "spatial_kernel")
"""The settings ``model.*`` in which a run must agree to be started from."""


@dataclass(frozen=True)
class Initial:
    """The network with its first weights, where these came from, and what the user must know."""

    network: keras.Model
    origin: str
    warning: str = ""
    note: str = ""


def initialise(plan: Plan) -> Initial:
    """Builds the network and gives it the weights that the plan names.

    Where the plan goes on with a run they are random: its checkpoint holds the weights.

    Raises:
        InputError: the weights cannot be had, or do not fit.
    """
    dataset, settings = plan.dataset, plan.settings
    if plan.saved is not None:
        origin = plan.saved.origin
        network = build_network(dataset, settings, Scaling.read(origin.scaling))
        return Initial(network, origin.initial_weights)
    if plan.source is not None:
        return _from_run(dataset, settings, find_run(plan.source))
    weights = find_weights(
        settings.model.weights, settings.model.encoder, settings.model.encoder_width
    )
    network = build_network(dataset, settings, weights.scaling)
    if weights.donor is not None:
        adopt(network, weights.donor)
    return Initial(network, weights.origin, weights.warning)


def build_network(
    dataset: Dataset, settings: Settings, scaling: Scaling, precision: str = "float32"
) -> keras.Model:
    """Builds a network with the random 32-bit weights that the seed determines.

    It computes in ``precision``: float32, bfloat16 or float16.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision if precision == "float32" else f"mixed_{precision}")
    try:
        return find_network(settings.model.name).build(
            len(dataset.classes),
            dataset.label_kind,
            settings.tasks,
            settings.data.size,
            settings.model,
            settings.seed,
            scaling,
        )
    finally:
        keras.config.set_dtype_policy(before)


def training_heads(dataset: Dataset, settings: Settings) -> dict[str, Head]:
    """Returns the heads of the network, by task."""
    return open_heads(
        settings.tasks,
        len(dataset.classes),
        dataset.label_kind,
        settings.data.size,
        settings.model,
    )


def _from_run(dataset: Dataset, settings: Settings, run: Path) -> Initial:
    if settings.model.weights not in ("auto", "none"):
        raise InputError(
            f"model.weights={settings.model.weights} and `start_from` {run} both say what the "
            "encoder starts from: give one of them."
        )
    _check_encoder(run, settings.model)
    card = ModelCard.read(run / CARD)
    card.check_network(run)
    donor = load_network(run / NETWORK, card)
    network = build_network(dataset, settings, Scaling.of(donor))
    architecture = find_network(settings.model.name)
    taken = transfer(
        network,
        donor,
        ClassOutputs(dataset.classes, dataset.label_kind),
        ClassOutputs(card.classes, card.label_kind),
        architecture.class_layers(training_heads(dataset, settings)),
    ).summary(architecture.part_of)
    name = f"run {run.resolve().name}"
    origin = f"{name}, sha256 {card.sha256}: {taken}"
    return Initial(network, origin, note=f"Starting from {name}: {taken}.")


def _check_encoder(run: Path, model: ModelSettings) -> None:
    """Refuses a run whose encoder differs."""
    there = read_settings(run / CONFIG).model
    differing = [name for name in ENCODER_SETTINGS if getattr(there, name) != getattr(model, name)]
    if differing:
        theirs, ours = (
            [f"model.{name}={getattr(each, name)}" for name in differing] for each in (there, model)
        )
        raise InputError(
            f"`start_from` {run}: it has {', '.join(theirs)}, and this training {', '.join(ours)}, "
            "so its encoder does not fit; add "
            f"{' '.join(f'`overrides` {text}' for text in theirs)}."
        )
