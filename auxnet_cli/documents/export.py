"""Describes what ``auxnet export`` answers."""

from auxnet_cli.documents.base import Document, PathText
from auxnet_cli.documents.parity import Parity


class Artefact(Document):
    """An exported network.

    Attributes:
        format: as users say it.
        path: the file or folder that a runtime opens.
        megabytes: of all files in its folder.
        seconds: that it took; ``None`` if it was there already.
        parity: as in its ``parity.json``.
    """

    format: str
    path: PathText
    megabytes: float
    seconds: float | None
    parity: Parity


class ExportSummary(Document):
    """What was exported.

    Attributes:
        model: the run.
        out: the folder with a folder for each format.
        artefacts: in the order of the formats asked for.
    """

    model: PathText
    out: PathText
    artefacts: list[Artefact]
