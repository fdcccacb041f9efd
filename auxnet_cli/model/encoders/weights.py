"""Finds the weights that an encoder starts from, ImageNet's or a file's, and copies them in."""

import contextlib
import warnings
from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.backend import keras, layers
from auxnet_cli.errors import InputError
from auxnet_cli.model.archive import check_weights, load_archive
from auxnet_cli.model.encoders.encoder import pretrained_encoders
from auxnet_cli.model.encoders.pretrained import Application, UnavailableError
from auxnet_cli.model.scaling import UNIT, Scaling
from auxnet_cli.model.transfer import shapes

SCRATCH = "none: learned from scratch"
"""What the origin of random weights begins with."""


@dataclass(frozen=True)
class EncoderWeights:
    """Weights to start from, where they came from in words, and what the user must know.

    The donor is a network that holds them, or ``None`` for random weights; the scaling is that of
    the pixels that they were trained on.
    """

    donor: keras.Model | None
    origin: str
    warning: str = ""
    scaling: Scaling = UNIT


def find_weights(wanted: str, encoder: str, width: float = 1) -> EncoderWeights:
    """Resolves the setting ``model.weights`` for an encoder.

    Its channels are ``width`` times the published ones.

    Raises:
        InputError: ``imagenet`` cannot be had; the file is missing or does not fit.
    """
    if wanted == "none":
        return EncoderWeights(None, f"{SCRATCH}, as asked")
    if wanted not in ("auto", "imagenet"):
        return _from_file(wanted, encoder, width)
    try:
        return _from_imagenet(encoder, width)
    except UnavailableError as error:
        if wanted == "imagenet":
            advice = _advice(encoder, width, "`overrides`")
            raise InputError(f"model.weights=imagenet: {error}. {advice}") from None
        return EncoderWeights(
            None,
            f"{SCRATCH}, because {error}",
            f"Learning from scratch: {error}. Expect weaker scores from few images. "
            f"{_advice(encoder, width)}",
        )


def adopt(network: keras.Model, donor: keras.Model) -> int:
    """Copies the donor's weights into the layers of the same name, and returns their number.

    A network that reads only finer levels has no counterpart of the last layers.

    Raises:
        InputError: a layer has another shape, or the first of the donor has no counterpart.
    """
    counterparts = {layer.name: layer for layer in network.layers}
    # A normalisation of the pixels is in our scaling.
    donors = [
        layer
        for layer in donor.layers
        if layer.weights and not isinstance(layer, layers.Normalization)
    ]
    adopted = 0
    for layer in donors:
        target = counterparts.get(layer.name)
        if target is None and adopted:
            continue
        if target is None or shapes(layer) != shapes(target):
            raise InputError(
                f"The encoder weights do not fit: the network has no layer {layer.name} of "
                f"shapes {shapes(layer)}. Take weights of the same encoder."
            )
        target.set_weights(layer.get_weights())
        adopted += 1
    return adopted


def _unpublished(encoder: str, width: float) -> str:
    return f"there are no published weights for {encoder} with {width:g} times its channels"


def _from_imagenet(encoder: str, width: float) -> EncoderWeights:
    if width != 1:
        raise UnavailableError(_unpublished(encoder, width))
    pretrained = pretrained_encoders().get(encoder)
    if pretrained is None:
        raise UnavailableError(f"no ImageNet weights are published for {encoder}")
    donor = pretrained.imagenet()
    return EncoderWeights(donor, pretrained.origin, scaling=pretrained.scaling(donor))


def _advice(encoder: str, width: float, option: str = "--set") -> str:
    """Says what to set; ``option`` is what takes settings."""
    known = pretrained_encoders()
    if width != 1:
        advice = f"Take {option} model.encoder_width=1"
    elif encoder in known:
        advice = known[encoder].advice(option)
    else:
        advice = f"Take {option} model.encoder={' or '.join(known)}"
    return f"{advice}, or {option} model.weights=none to learn from scratch."


def _from_file(wanted: str, encoder: str, width: float) -> EncoderWeights:
    path, known = Path(wanted), _applications()
    if width != 1:
        raise InputError(
            f"model.weights={wanted}: {_unpublished(encoder, width)}. Take `overrides` "
            "model.encoder_width=1 or `overrides` model.weights=none."
        )
    if encoder not in known:
        raise InputError(
            f"model.weights={path}: only {' and '.join(known)} take weights of "
            f"keras.applications, and the encoder is {encoder}. Use `overrides` "
            f"model.encoder={next(iter(known))} or model.weights=none."
        )
    if not path.is_file():
        raise InputError(f"model.weights: there is no file {path}.")
    try:
        donor = _read(path, known[encoder])
    except InputError as error:
        raise InputError(f"model.weights: {error}") from None
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"model.weights: {path} cannot be read ({error}).") from None
    return EncoderWeights(donor, f"file {path.name}", scaling=known[encoder].scaling(donor))


def _applications() -> dict[str, Application]:
    """Returns the encoders that take weights of ``keras.applications``, by name."""
    return {
        name: pretrained
        for name, pretrained in pretrained_encoders().items()
        if isinstance(pretrained, Application)
    }


def _read(path: Path, pretrained: Application) -> keras.Model:
    if path.suffix == ".keras":
        return pretrained.cut(load_archive(path))
    with path.open("rb") as stream:
        check_weights(stream, path)
    for top in (False, True):
        donor = pretrained.build(top)
        with contextlib.suppress(ValueError, KeyError, UserWarning), warnings.catch_warnings():
            # Keras only warns where it leaves layers as they are.
            warnings.filterwarnings("error", "Skipping", UserWarning)
            donor.load_weights(path)
            return pretrained.cut(donor)
    title = pretrained.name
    raise InputError(
        f"{path} holds no weights of keras.applications.{title} "
        f"(save them with {title}(include_top=False).save_weights(FILE))."
    )
