"""ImageNet weights for the encoder, from ``keras.applications`` or a file saved from it."""

import contextlib
import os
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.backend import keras
from auxnet_cli.errors import InputError

HOST = "storage.googleapis.com"
PATIENCE_S = 8


@dataclass(frozen=True)
class EncoderWeights:
    """Weights to start from.

    Attributes:
        donor: a ``keras.applications`` network that holds them, or ``None`` for random ones.
        origin: where they came from, in words for the run's record.
        warning: what the user must know, or "".
    """

    donor: keras.Model | None
    origin: str
    warning: str = ""


def find_weights(wanted: str, encoder: str) -> EncoderWeights:
    """Resolve the setting ``model.weights``.

    Args:
        wanted: auto, imagenet, none, or a file.
        encoder: the encoder's name.

    Raises:
        InputError: ``imagenet`` cannot be had; the file is missing or does not fit.
    """
    if wanted == "none":
        return EncoderWeights(None, "none: learned from scratch, as asked")
    if wanted not in ("auto", "imagenet"):
        return EncoderWeights(_from_file(Path(wanted), encoder), f"file {Path(wanted).name}")
    try:
        return EncoderWeights(_from_imagenet(encoder), "ImageNet")
    except _UnavailableError as error:
        advice = (
            "Give a file saved from keras.applications.ResNet50 with --set model.weights=FILE (the "
            "encoder resnet50 takes it), or --set model.weights=none to learn from scratch."
        )
        if wanted == "imagenet":
            raise InputError(f"model.weights=imagenet: {error}. {advice}") from None
        return EncoderWeights(
            None,
            f"none: learned from scratch, because {error}",
            f"Learning from scratch: {error}. Expect weaker scores from few images. {advice}",
        )


def adopt(network: keras.Model, donor: keras.Model) -> int:
    """Copy the donor's weights into the layers of the same name; gives the number of layers.

    Raises:
        InputError: a layer of the donor has no counterpart of its shape.
    """
    own = {layer.name: layer for layer in network.layers}
    donors = [layer for layer in donor.layers if layer.weights]
    for layer in donors:
        shapes = [tuple(weight.shape) for weight in layer.weights]
        target = own.get(layer.name)
        if target is None or shapes != [tuple(weight.shape) for weight in target.weights]:
            raise InputError(
                f"The encoder weights do not fit: the network has no layer {layer.name} of "
                f"shapes {shapes}. Take weights of the same encoder."
            )
        values = layer.get_weights()
        if layer.name == "conv1_conv":
            # keras.applications feeds this ResNet blue first; ours sees red first.
            values[0] = values[0][:, :, ::-1, :]
        target.set_weights(values)
    return len(donors)


class _UnavailableError(Exception):
    """Why ImageNet weights cannot be had."""


def _from_imagenet(encoder: str) -> keras.Model:
    if encoder != "resnet50":
        raise _UnavailableError(f"keras.applications publishes no ImageNet weights for {encoder}")
    name = "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    cached = (home / "models" / name).is_file()
    if not cached and not _reachable():
        raise _UnavailableError(
            "ImageNet weights are not cached and their server cannot be reached"
        )
    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE_S)
    try:
        # Keras reports its download on standard output, which belongs to results.
        with contextlib.redirect_stdout(sys.stderr):
            return keras.applications.ResNet50(include_top=False, weights="imagenet")
    except Exception as error:  # Keras raises bare Exception when a download breaks
        text = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise _UnavailableError(
            f"the download of ImageNet weights failed ({text.rstrip('.')})"
        ) from None
    finally:
        socket.setdefaulttimeout(timeout)


def _reachable() -> bool:
    """Whether the server answers; a thread, because looking up a name has no time limit."""
    answered = threading.Event()

    def knock() -> None:
        with contextlib.suppress(OSError), socket.create_connection((HOST, 443), PATIENCE_S):
            answered.set()

    thread = threading.Thread(target=knock, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    return answered.is_set()


def _from_file(path: Path, encoder: str) -> keras.Model:
    if encoder != "resnet50":
        raise InputError(
            f"model.weights={path}: only resnet50 takes weights of keras.applications, and the "
            f"encoder is {encoder}. Use --set model.encoder=resnet50 or model.weights=none."
        )
    if not path.is_file():
        raise InputError(f"model.weights: there is no file {path}.")
    try:
        if path.suffix == ".keras":
            return keras.models.load_model(path, compile=False)
        for top in (False, True):
            donor = keras.applications.ResNet50(include_top=top, weights=None)
            with contextlib.suppress(ValueError, KeyError):
                donor.load_weights(path)
                return keras.Model(donor.input, donor.get_layer("conv5_block3_out").output)
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"model.weights: {path} cannot be read ({error}).") from None
    raise InputError(
        f"model.weights: {path} holds no weights of keras.applications.ResNet50 "
        "(save them with ResNet50(include_top=False).save_weights(FILE))."
    )
