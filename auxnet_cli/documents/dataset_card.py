"""``dataset.yaml`` and the annotation files of a data set: what they may say, with its bounds."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    ValidationError,
    model_validator,
)

from auxnet_cli.system.containment import is_inner_name
from auxnet_cli.system.values import quoted

LabelKind = Literal["multi-label", "exclusive"]

MAX_CLASSES = 1000
"""Classes that a data set may have: a network has an output and a mask for each."""

MAX_NAME = 200
"""Characters of a class's name, all of which can be printed."""

DEPTHS = (10, 12, 14, 16)
"""Bits that a camera may have whose images are stored with 16."""

MAX_PIXELS = 2**30
"""Of an image: OpenCV decodes no larger one."""

MAX_BYTES = 2**31
"""Of an annotation file, one of a source, too."""

_ROUNDING = 1.0
"""Pixels that a box may reach past its image."""


def _inner_name(name: str) -> str:
    if not is_inner_name(name):
        raise ValueError(f"{quoted(name)} is no path below its images")
    return name


def _depth(bits: int) -> int:
    if bits not in DEPTHS:
        raise ValueError(f"{quoted(bits)} is none of {', '.join(map(str, DEPTHS))}")
    return bits


def _spelled(value: Any) -> Any:
    """A class that YAML took for a number, as text."""
    return str(value) if type(value) in (int, float) else value


def printable_name(name: str) -> str:
    """A name with something in it that can be printed, and nothing that cannot.

    Raises:
        ValueError: it is another.
    """
    if not name.strip() or not name.isprintable():
        raise ValueError("it must be text that can be printed")
    return name


Word = Annotated[str, Field(min_length=1, max_length=1000)]
ClassName = Annotated[
    str, BeforeValidator(_spelled), Field(max_length=MAX_NAME), AfterValidator(printable_name)
]
Id = Annotated[int, Field(ge=0, lt=2**63)]
Side = Annotated[int, Field(ge=1, le=MAX_PIXELS)]


class Document(BaseModel):
    """A part of a file: no change of type, no infinite number; unknown keys are passed over."""

    model_config = ConfigDict(strict=True, frozen=True, allow_inf_nan=False)

    @classmethod
    def check(cls, document: Any) -> Self:
        """The document, once each value is known to be within its bounds.

        Raises:
            ValueError: one is not; says which.
        """
        try:
            return cls.model_validate(document)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            cause = first.get("ctx", {}).get("error")
            parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
            place = "".join(parts).removeprefix(".")
            reason = str(cause or first["msg"])
            raise ValueError(f"{place}: {reason}" if place else reason) from None


class DatasetDocument(Document):
    """``dataset.yaml``.

    Attributes:
        images: where the images lie, seen from the file; a fold has those of its data set.
        bits: of the camera, where images are stored with 16.
        split: how the data set was divided.
    """

    name: Annotated[Word, BeforeValidator(_spelled)]
    kind: Word
    classes: Annotated[list[ClassName], FailFast(), Field(min_length=1, max_length=MAX_CLASSES)]
    label_kind: LabelKind
    fingerprint: Annotated[Word, BeforeValidator(_spelled)]
    images: Literal["images", "../../images"] = "images"
    bits: Annotated[int, AfterValidator(_depth)] = 16
    split: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        _refuse_repeated(self.classes, "class")
        return self


class ImageEntry(Document):
    """An image of an annotation file; see :class:`auxnet_cli.data.dataset.Record`."""

    id: Id
    file_name: Annotated[str, AfterValidator(_inner_name), Field(max_length=4096)]
    height: Side
    width: Side
    group: Annotated[str, Field(max_length=4096)] = ""

    @model_validator(mode="after")
    def _decodable(self) -> Self:
        if self.height * self.width > MAX_PIXELS:
            raise ValueError(
                f"{self.width} x {self.height} pixels are more than the {MAX_PIXELS:,} of an image"
            )
        return self


class CategoryEntry(Document):
    """A class of an annotation file."""

    id: Id
    name: Word


class AnnotationEntry(Document):
    """A defect of an annotation file; its run lengths are checked with its image."""

    image_id: Id
    category_id: Id
    bbox: Annotated[list[float], Field(min_length=4, max_length=4)]
    segmentation: Any = None

    def box_in(self, image: ImageEntry) -> tuple[float, float, float, float]:
        """The box, which lies within its image.

        Raises:
            ValueError: it does not, or has no area.
        """
        x, y, width, height = self.bbox
        right, bottom = image.width + _ROUNDING, image.height + _ROUNDING
        if width <= 0 or height <= 0 or min(x, y) < -_ROUNDING:
            raise ValueError(f"the box {self.bbox} has no area, or begins outside of its image")
        if x + width > right or y + height > bottom:
            raise ValueError(
                f"the box {self.bbox} reaches past its image of {image.width} x {image.height}"
            )
        return x, y, width, height


class SplitDocument(Document):
    """``train.json``, ``val.json`` or ``test.json``."""

    images: Annotated[list[ImageEntry], FailFast()]
    annotations: Annotated[list[AnnotationEntry], FailFast()]
    categories: Annotated[list[CategoryEntry], FailFast(), Field(max_length=MAX_CLASSES)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        _refuse_repeated([image.id for image in self.images], "image id")
        _refuse_repeated([image.file_name for image in self.images], "image")
        _refuse_repeated([category.id for category in self.categories], "category id")
        _refuse_repeated([category.name for category in self.categories], "category")
        return self


def _refuse_repeated(values: Sequence[int | str], what: str) -> None:
    if len(set(values)) < len(values):
        seen: set[int | str] = set()
        twice = next(value for value in values if value in seen or seen.add(value))  # type: ignore[func-returns-value]
        raise ValueError(f"the {what} {quoted(twice)} stands there twice")
