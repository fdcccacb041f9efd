"""Gets the ImageNet weights that are published for an encoder."""

import contextlib
import os
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from auxnet_cli.backend import keras
from auxnet_cli.errors import first_line
from auxnet_cli.model.scaling import Scaling

HOST = "storage.googleapis.com"
PATIENCE_S = 8


class UnavailableError(Exception):
    """Why ImageNet weights cannot be had."""


class Pretrained(Protocol):
    """ImageNet weights for an encoder, wherever they come from."""

    def imagenet(self) -> keras.Model:
        """Returns a network with the weights, whose layers have the names of the encoder's.

        Raises:
            UnavailableError: they cannot be had here.
        """

    def scaling(self, donor: keras.Model) -> Scaling:
        """Returns the scaling that the pixels of a network with such weights need."""

    @property
    def origin(self) -> str:
        """Where they come from, in words for the run's record."""

    def advice(self, option: str) -> str:
        """Says what to do where they cannot be had; ``option`` is what takes settings."""


@dataclass(frozen=True)
class Application:
    """A network of ``keras.applications`` whose weights fit an encoder.

    Attributes:
        name: of its function there.
        features: its last layer before the classifier.
        file: what Keras calls its downloaded weights.
        pixel_scaling: see :meth:`Pretrained.scaling`.
        blue_first: its first convolution, where that sees blue first; ours sees red first.
    """

    name: str
    features: str
    file: str
    pixel_scaling: Callable[[keras.Model], Scaling]
    blue_first: str | None = None
    origin: str = "ImageNet"

    def scaling(self, donor: keras.Model) -> Scaling:
        """Returns the scaling that the pixels of a network with such weights need."""
        return self.pixel_scaling(donor)

    def advice(self, option: str) -> str:
        """Says what to do where they cannot be had."""
        source = f"keras.applications.{self.name}"
        return f"Give a file saved from {source} with {option} model.weights=FILE"

    def build(self, top: bool = False, weights: str | None = None) -> keras.Model:
        """Builds the network; ``weights`` is None for random ones, or "imagenet"."""
        return getattr(keras.applications, self.name)(include_top=top, weights=weights)

    def cut(self, network: keras.Model) -> keras.Model:
        """Returns the network up to its features, with its first convolution seeing red first.

        Raises:
            ValueError: it is another network.
        """
        features = network.get_layer(self.features).output
        if self.blue_first:
            layer = network.get_layer(self.blue_first)
            kernel, *rest = layer.get_weights()
            layer.set_weights([kernel[:, :, ::-1], *rest])
        return keras.Model(network.input, features)

    def imagenet(self) -> keras.Model:
        """Returns the features with ImageNet weights, from Keras's cache or the internet.

        Raises:
            UnavailableError: they are not cached, and the download fails.
        """
        home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
        if not (home / "models" / self.file).is_file() and not _reachable():
            raise UnavailableError(
                "ImageNet weights are not cached and their server cannot be reached"
            )
        timeout = socket.getdefaulttimeout()
        socket.setdefaulttimeout(PATIENCE_S)
        try:
            # Keras reports its download on standard output, which belongs to results.
            with contextlib.redirect_stdout(sys.stderr):
                return self.cut(self.build(weights="imagenet"))
        except Exception as error:  # Keras raises bare Exception when a download breaks
            reason = first_line(error).rstrip(".")
            raise UnavailableError(f"the download of ImageNet weights failed ({reason})") from None
        finally:
            socket.setdefaulttimeout(timeout)


def _reachable() -> bool:
    """Returns whether the server answers; in a thread, as looking up a name has no time limit."""
    answered = threading.Event()

    def connect() -> None:
        with contextlib.suppress(OSError), socket.create_connection((HOST, 443), PATIENCE_S):
            answered.set()

    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(PATIENCE_S)
    return answered.is_set()
