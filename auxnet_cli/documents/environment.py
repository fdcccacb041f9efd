"""Describes what a run was made with: versions, machine, seed, data."""

from auxnet_cli.documents.base import Document
from auxnet_cli.documents.benchmark import Cpu


class Environment(Document):
    """What is written to ``environment.json`` when a run starts.

    Attributes:
        auxnet, python: their versions.
        packages: versions of the packages that decide about the numbers, by name.
        platform: operating system and its version.
        initial_weights: where the first weights came from, in words.
        warnings: sentences that were shown before the training.
        dataset: name and fingerprint of the data set.
        choices: sentences on how the network learns from the data, and what that was chosen by.
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
    choices: tuple[str, ...] = ()
