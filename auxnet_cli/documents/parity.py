"""Describes ``parity.json``: how an exported network answers beside its original."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError

from auxnet_cli.documents.base import Document
from auxnet_cli.errors import InputError
from auxnet_cli.system.files import write_json
from auxnet_cli.system.untrusted import read_json

SCHEMA: Literal["auxnet/parity/1"] = "auxnet/parity/1"
PARITY = "parity.json"


class HeadDifference(Document):
    """How far a raw output differs over all images.

    Attributes:
        max_abs_difference: ``inf`` where it is missing, of another shape or not a number.
        max_abs: the largest absolute value of the original.
    """

    max_abs_difference: float
    max_abs: float


class ScoreChange(Document):
    """A score of both networks, and what exporting changed."""

    reference: float
    artefact: float
    change: float


class Comparison(Document):
    """Two networks on the same images; the entries from ``limits`` on are of int8 alone.

    Attributes:
        source: where the images come from, in words.
        tolerance: largest difference of a raw output that passes; ``None`` in int8.
        outputs: by head.
        scores: by name; ``None`` where no truth is known.
        passed: whether the artefact may be used.
        limits: how far each score may fall.
        kept: the parts that stayed in fp32.
        calibration_images: images that the ranges were measured on.
        outputs_images: images that ``outputs`` were compared on; scores and verdicts are of the
            whole validation split.
        quantiser: name and version.
    """

    images: int
    source: str
    tolerance: float | None
    outputs: dict[str, HeadDifference]
    scores: dict[str, ScoreChange | None]
    verdicts_changed: int
    passed: bool
    limits: dict[str, float] | None = None
    kept: list[str] | None = None
    calibration_images: int | None = None
    outputs_images: int | None = None
    quantiser: str | None = None


class Identity(Document):
    """What an artefact was made from, and how.

    ``runtime`` is the name and version of what ran it; ``files`` has the SHA-256 of each file of
    the artefact by its path, with ``/`` between.
    """

    schema_: Literal["auxnet/parity/1"] = Field(alias="schema")
    tool_version: str
    model_sha256: str
    format: str
    precision: str
    runtime: str
    files: dict[str, str]


class Parity(Comparison, Identity):
    """``parity.json``; what is of int8 alone is left out in fp32."""

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Reads the file from the folder of an artefact.

        Raises:
            InputError: it is missing or damaged, or of another version.
        """
        try:
            return cls.model_validate(read_json(folder / PARITY))
        except ValidationError:
            raise InputError(f"{folder / PARITY} is damaged, or of another version.") from None

    def write(self, folder: Path) -> None:
        """Writes the file into the folder of an artefact."""
        write_json(folder / PARITY, self.document())
