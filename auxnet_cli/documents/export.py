"""Describes what ``auxnet export`` answers."""

from auxnet_cli.documents.base import Document, PathText
from auxnet_cli.documents.parity import Parity


class Artefact(Document):
    """An exported network.

    Attributes:
        path: the file or folder that a runtime opens.
        megabytes: of all files in its folder.
        seconds: that it took; ``None`` if it was there already.
    """

    format: str
    path: PathText
    megabytes: float
    seconds: float | None
    parity: Parity


class ExportSummary(Document):
    """The run (``model``) and its artefacts, which have a folder each in ``out``."""

    model: PathText
    out: PathText
    artefacts: list[Artefact]
