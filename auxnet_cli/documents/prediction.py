"""Describes ``predictions.jsonl``, a line an image, and what ``auxnet predict`` answers."""

from pydantic import Field

from auxnet_cli.documents.base import Document, PathText
from auxnet_cli.inspection import BoxSource


class BoxEntry(Document):
    """A box that counts as a detected defect, in pixels of the image; score 0-1.

    Attributes:
        source: what the box comes from: the detection ``head``, a connected region of the ``mask``,
            or a region that a box of the head confirms (``fused``).
    """

    class_: str = Field(alias="class")
    score: float
    x: float
    y: float
    width: float
    height: float
    source: BoxSource


class RunLengths(Document):
    """A mask as compressed COCO run lengths; size is [height, width], pixels."""

    size: list[int]
    counts: str


class PredictionLine(Document):
    """The line of an image. A task that the model lacks is ``None``.

    Attributes:
        verdict: ``defective`` or ``good``.
        scores: by class, 0-1.
        boxes: those that count, highest score first.
        masks: by class, of the classes that have one.
        novelty: how far the image is from all that good parts showed, 0-1; ``None`` where the
            model has no memory of good parts.
        seconds: in the network, decoding included.
        files: the files made of this image, by format, as paths below the output folder.
    """

    path: str
    verdict: str
    scores: dict[str, float] | None
    boxes: list[BoxEntry] | None
    masks: dict[str, RunLengths] | None
    novelty: float | None = None
    seconds: float | None
    model_sha256: str
    files: dict[str, list[str]] = Field(default_factory=dict)


class UnreadableImage(Document):
    """The line of an image that could not be read, and why."""

    path: str
    error: str


class PredictionSummary(Document):
    """What was predicted with the run ``model``, and written to the folder ``out``.

    Attributes:
        images: how many there were, ``defective``, ``good`` and ``unreadable``.
        seconds_per_image: median time in the network, with other images beside it.
        cautions: sentences about images that may not be meant, such as masks.
    """

    out: PathText
    model: PathText
    model_sha256: str
    images: int
    defective: int
    good: int
    unreadable: int
    errors: list[UnreadableImage]
    seconds_per_image: float | None
    formats: list[str]
    cautions: list[str]
