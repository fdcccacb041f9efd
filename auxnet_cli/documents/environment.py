"""Describes what a run was made with: versions, machine, seed, data."""

from pathlib import Path

from auxnet_cli.documents.base import Document
from auxnet_cli.documents.benchmark import Cpu
from auxnet_cli.system.files import write_json


class Environment(Document):
    """What is written to ``environment.json`` when a run starts.

    Attributes:
        auxnet: version of auxnet.
        python: version of Python.
        packages: versions of the packages that decide about the numbers, by name.
        keras_backend: tensorflow, jax or torch.
        platform: operating system and its version.
        cpu: of the machine.
        seed: the setting.
        initial_weights: where the first weights came from, in words.
        warnings: that were given before the training, a sentence each.
        dataset: name and fingerprint of the data set.
        preset: what the settings started from.
    """

    auxnet: str
    python: str
    packages: dict[str, str]
    keras_backend: str
    platform: str
    cpu: Cpu
    seed: int
    initial_weights: str
    warnings: list[str]
    dataset: dict[str, str]
    preset: str

    def write(self, path: Path) -> None:
        """Write the document as JSON."""
        write_json(path, self.document())
