"""Converts a Keras network, pixels' scaling included, to the format of another runtime."""

import warnings
from pathlib import Path
from typing import Any

from auxnet_cli.errors import AuxnetError, InputError, first_line
from auxnet_cli.inference.engines.registry import EngineEntry
from auxnet_cli.system.stderr import muted


def convert(network: Any, entry: EngineEntry, folder: Path) -> Path:
    """Writes a network in the format that an engine runs.

    The artefact takes what the network takes, (batch, height, width, 3) uint8 pixels of any batch,
    and if the format allows it of any size, see :func:`auxnet_cli.exporting.any_size.any_size`. Its
    outputs have the same names.

    Returns:
        The artefact's path, in the empty folder that was given.

    Raises:
        InputError: Keras does not run on TensorFlow, which all converters start from.
        AuxnetError: the converter failed.
    """
    from auxnet_cli.backend import keras  # starts a back end, which takes seconds

    if keras.backend.backend() != "tensorflow":
        raise InputError(
            f"Converting to {entry.title} needs Keras on TensorFlow, and it runs on "
            f"{keras.backend.backend()}: unset KERAS_BACKEND for this call."
        )
    if entry.runtime == "openvino":
        from auxnet_cli.inference.engines.openvino import openvino

        openvino()  # before the converter imports it, with its statistics of use
    path = folder / entry.format.file
    if entry.format.any_size:
        from auxnet_cli.exporting.any_size import any_size

        network = any_size(network)
    # Keras would ask a network that was never called for it.
    signature = {"input_signature": [network.input]} if entry.format.keras == "onnx" else {}
    with warnings.catch_warnings(), muted():
        warnings.simplefilter("ignore")  # of the converters' own code
        try:
            network.export(str(path), format=entry.format.keras, verbose=False, **signature)
        except Exception as error:  # converters raise whatever their parts raise
            raise AuxnetError(
                f"The network could not be converted to {entry.title} ({first_line(error)})."
            ) from error
    return path
