"""Encoders whose ImageNet weights ``keras.applications`` publishes, and how to get them."""

import contextlib
import os
import socket
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.scaling import RESNET_IMAGENET, Scaling

HOST = "storage.googleapis.com"
PATIENCE_S = 8

IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


class UnavailableError(Exception):
    """Why ImageNet weights cannot be had."""


@dataclass(frozen=True)
class Published:
    """A network of ``keras.applications``.

    Attributes:
        title: its function there.
        features: its last layer before the classifier.
        file: what Keras calls its downloaded weights.
    """

    title: str
    features: str
    file: str

    def build(self, top: bool = False, weights: str | None = None) -> keras.Model:
        """The network; ``weights`` is None for random ones, or "imagenet"."""
        return getattr(keras.applications, self.title)(include_top=top, weights=weights)

    def cut(self, network: keras.Model) -> keras.Model:
        """The network up to its features.

        Raises:
            ValueError: it is another network.
        """
        return keras.Model(network.input, network.get_layer(self.features).output)


PUBLISHED = {
    "resnet50": Published(
        "ResNet50", "conv5_block3_out", "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
    ),
    "efficientnetb0": Published("EfficientNetB0", "top_activation", "efficientnetb0_notop.h5"),
}


def imagenet(published: Published) -> keras.Model:
    """The network with ImageNet weights, from Keras's cache or the internet.

    Raises:
        UnavailableError: they are not cached, and the download fails.
    """
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    cached = (home / "models" / published.file).is_file()
    if not cached and not _reachable():
        raise UnavailableError("ImageNet weights are not cached and their server cannot be reached")
    timeout = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE_S)
    try:
        # Keras reports its download on standard output, which belongs to results.
        with contextlib.redirect_stdout(sys.stderr):
            return published.build(weights="imagenet")
    except Exception as error:  # Keras raises bare Exception when a download breaks
        text = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnavailableError(
            f"the download of ImageNet weights failed ({text.rstrip('.')})"
        ) from None
    finally:
        socket.setdefaulttimeout(timeout)


def scaling_of(donor: keras.Model) -> Scaling:
    """How a network of ``keras.applications`` wants its pixels, for our first layer.

    EfficientNet has a normalisation of its own among its weights, which here goes into the scaling.
    In ImageNet's file the standard deviation stands where Keras expects the variance; Keras divides
    by its root once more when it fetches the file itself, and fails to when it is given the file.
    """
    for layer in donor.layers:
        if isinstance(layer, layers.Normalization):
            mean, variance = (np.ravel(value) for value in layer.get_weights()[:2])
            if np.allclose(variance, IMAGENET_DEVIATION, atol=1e-3):
                return Scaling.standardised(mean, variance)
            return Scaling.standardised(mean, np.sqrt(variance))
    return RESNET_IMAGENET


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
