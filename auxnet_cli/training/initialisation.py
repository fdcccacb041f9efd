"""The network that a training starts with, and where its weights come from."""

from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.backend import keras
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.documents.model_card import CARD, NETWORK, ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.network_file import load_network
from auxnet_cli.model.encoders.weights import adopt, find_weights
from auxnet_cli.model.networks.defect_aux_net import defect_aux_net
from auxnet_cli.model.scaling import Scaling
from auxnet_cli.model.transfer import Answers, transfer
from auxnet_cli.settings import ModelSettings, Settings
from auxnet_cli.settings.loader import read_settings
from auxnet_cli.training.schedule.freezing import check_frozen_epochs
from auxnet_cli.workspace import find_run

SAME = ("encoder", "encoder_width", "attention", "reduction", "spatial_kernel")
"""The settings ``model.*`` in which a run must agree to be started from."""


POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16", "float16": "mixed_float16"}


@dataclass(frozen=True)
class Start:
    """What a training starts with.

    Attributes:
        network: with its first weights.
        origin: where they came from, in words for the run's record.
        warning: what the user must know, or "".
        note: what is worth a line, or "".
    """

    network: keras.Model
    origin: str
    warning: str = ""
    note: str = ""


def begin(dataset: Dataset, settings: Settings, source: Path | None = None) -> Start:
    """Build the network and give it its first weights.

    Args:
        dataset: for its classes.
        settings: of the network, and ``model.weights``.
        source: a run to start from in place of ``model.weights``.

    Raises:
        InputError: the weights cannot be had, or do not fit.
    """
    if source is not None:
        return _from_run(dataset, settings, find_run(source))
    weights = find_weights(
        settings.model.weights, settings.model.encoder, settings.model.encoder_width
    )
    check_frozen_epochs(settings.training.frozen_epochs, weights.origin)
    network = build(dataset, settings, weights.scaling)
    if weights.donor is not None:
        adopt(network, weights.donor)
    return Start(network, weights.origin, weights.warning)


def build(
    dataset: Dataset, settings: Settings, scaling: Scaling, precision: str = "float32"
) -> keras.Model:
    """A network with the random weights that the seed determines; weights are of 32 bits.

    Args:
        dataset: for its classes.
        settings: of the network.
        scaling: of the pixels.
        precision: what it computes in, of float32, bfloat16 and float16.
    """
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(POLICIES[precision])
    try:
        return defect_aux_net(
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


def _from_run(dataset: Dataset, settings: Settings, run: Path) -> Start:
    if settings.model.weights not in ("auto", "none"):
        raise InputError(
            f"model.weights={settings.model.weights} and --from {run} both say what the encoder "
            "starts from: give one of them."
        )
    _check(read_settings(run / "config.yaml").model, settings.model, run)
    card = ModelCard.read(run / CARD)
    card.check_network(run)
    donor = load_network(run / NETWORK, card)
    network = build(dataset, settings, Scaling.of(donor))
    own = Answers(dataset.classes, dataset.label_kind)
    found = transfer(network, donor, own, Answers(card.classes, card.label_kind))
    name = f"run {run.resolve().name}"
    return Start(
        network,
        f"{name}, sha256 {card.sha256}: {found}",
        note=f"Starting from {name}: {found}.",
    )


def _check(theirs: ModelSettings, own: ModelSettings, run: Path) -> None:
    """Refuse a run whose encoder is another."""
    differing = [name for name in SAME if getattr(theirs, name) != getattr(own, name)]
    if differing:
        there, here = (
            ", ".join(f"model.{name}={getattr(each, name)}" for name in differing)
            for each in (theirs, own)
        )
        advice = " ".join(f"--set model.{name}={getattr(theirs, name)}" for name in differing)
        raise InputError(
            f"--from {run}: it has {there}, and this training {here}, so its encoder does not "
            f"fit; add {advice}."
        )
