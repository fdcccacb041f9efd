"""Converting a Keras network, pixels' scaling included, to another runtime's format."""

import warnings
from pathlib import Path
from typing import Any

from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.inference.engines.artefact_formats import Format
from auxnet_cli.system.stderr import muted


def convert(network: Any, format_: Format, folder: Path) -> Path:
    """Write a network in another format.

    The artefact takes what the network takes, (batch, height, width, 3) uint8 pixels of any batch,
    and where ``format_.any_size`` of any size, see :func:`auxnet_cli.exporting.any_size.any_size`;
    it gives outputs of the same names.

    Args:
        network: from :func:`auxnet_cli.model.networks.defect_aux_net.defect_aux_net`.
        format_: the format; its packages are installed.
        folder: where to, an empty folder.

    Returns:
        The artefact's path.

    Raises:
        InputError: Keras does not run on TensorFlow, which all converters start from.
        AuxnetError: the converter failed.
    """
    from auxnet_cli.backend import keras
    from auxnet_cli.model.encoders.reparameterised import merge

    if keras.backend.backend() != "tensorflow":
        raise InputError(
            f"Converting to {format_.title} needs Keras on TensorFlow, and it runs on "
            f"{keras.backend.backend()}: unset KERAS_BACKEND for this call."
        )
    if format_.runtime == "openvino":
        from auxnet_cli.inference.engines.openvino import openvino

        openvino()
    path = folder / format_.file
    network = merge(network)
    if format_.any_size:
        from auxnet_cli.exporting.any_size import any_size

        network = any_size(network)
    # Keras would ask a network that was never called for it.
    signature = {"input_signature": [network.input]} if format_.keras == "onnx" else {}
    with warnings.catch_warnings(), muted():
        warnings.simplefilter("ignore")  # of the converters' own code
        try:
            network.export(str(path), format=format_.keras, verbose=False, **signature)
        except Exception as error:  # converters raise whatever their parts raise
            text = str(error).strip().splitlines()
            reason = text[0] if text else type(error).__name__
            raise AuxnetError(
                f"The network could not be converted to {format_.title} ({reason})."
            ) from error
    return path
