"""Defines ``dataset.yaml`` and the annotation files of a data set, with bounds of all values."""

from collections import Counter
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, FailFast, Field, model_validator

from auxnet_cli.documents.base import Document, PathText, StrictDocument
from auxnet_cli.system.containment import is_inner_name
from auxnet_cli.system.values import quoted

LabelKind = Literal["multi-label", "exclusive"]

MAX_CLASSES = 1000
"""The most classes of a data set: a network has an output and a mask for each."""

MAX_NAME = 200
"""The most characters of a class name, all of which must be printable."""

DEPTHS = (10, 12, 14, 16)
"""The bit depths of cameras whose images are stored with 16 bits."""

MAX_PIXELS = 2**30
"""The most pixels of an image: OpenCV decodes no larger one."""

MAX_BYTES = 2**31
"""The most bytes of an annotation file, of a data set or of a source."""

_ROUNDING = 1.0
"""Pixels by which a box may extend beyond its image."""


def _inner_name(name: str) -> str:
    if not is_inner_name(name):
        raise ValueError(f"{quoted(name)} is no path below its images")
    return name


def _depth(bits: int) -> int:
    if bits not in DEPTHS:
        raise ValueError(f"{quoted(bits)} is none of {', '.join(map(str, DEPTHS))}")
    return bits


def _as_text(value: object) -> object:
    """Returns a name that YAML read as a number as text."""
    return str(value) if type(value) in (int, float) else value


def printable_name(name: str) -> str:
    """Returns the name.

    Raises:
        ValueError: it is blank, or holds a character that cannot be printed.
    """
    if not name.strip() or not name.isprintable():
        raise ValueError("it must be text that can be printed")
    return name


Word = Annotated[str, Field(min_length=1, max_length=1000)]
ClassName = Annotated[
    str, BeforeValidator(_as_text), Field(max_length=MAX_NAME), AfterValidator(printable_name)
]
Id = Annotated[int, Field(ge=0, lt=2**63)]
Side = Annotated[int, Field(ge=1, le=MAX_PIXELS)]


class DatasetHead(StrictDocument):
    """What a data set is, in ``dataset.yaml``.

    ``classes`` are in the order of the network's outputs; ``bits`` is the bit depth of the camera,
    given only if images are stored with 16 bits.
    """

    name: Annotated[Word, BeforeValidator(_as_text)]
    kind: Word
    classes: Annotated[list[ClassName], FailFast(), Field(min_length=1, max_length=MAX_CLASSES)]
    label_kind: LabelKind
    bits: Annotated[int, AfterValidator(_depth)] = 16

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        _refuse_repeated(self.classes, "class")
        return self


class DatasetDocument(DatasetHead):
    """``dataset.yaml`` of unknown origin: what no reader needs is not checked.

    ``images`` is their folder, relative to the file; a fold uses the one of its data set.
    """

    split: dict[str, object] | None = None
    fingerprint: Annotated[Word, BeforeValidator(_as_text)]
    images: Literal["images", "../../images"] = "images"


class SplitCounts(Document):
    """How many images a split has: in all, good, defective, and showing each class."""

    images: int
    good: int
    defective: int
    classes: dict[str, int]


class SplitRecipe(StrictDocument):
    """How a data set was divided.

    Attributes:
        val, test: fractions of the images, 0-1.
        group_by: the rule that groups images; ``None`` if they were only grouped by their content.
        given: the splits that the source itself defines.
        folds: how many there are; ``fold`` is the number of this one, from 1.
    """

    val: int | float
    test: int | float
    seed: int
    group_by: PathText | None
    given: list[str] = Field(default=[])
    folds: int = 0
    fold: int = 0


class Photos(StrictDocument):
    """The data set whose photos a procedural set is drawn on."""

    of: str
    fingerprint: str


class ProceduralRecipe(StrictDocument):
    """What a set of procedural defects is drawn from.

    Attributes:
        size: of the images, (height, width) in pixels.
        tile: the size of the tiles that are cut from the photos; ``None`` for whole photos.
    """

    images: int
    size: list[int]
    tile: list[int] | None
    seed: int
    photos: Photos


class DatasetCard(DatasetHead):
    """``dataset.yaml`` as auxnet writes it; see :class:`DatasetDocument`."""

    counts: dict[str, SplitCounts]
    split: SplitRecipe | ProceduralRecipe
    tool_version: str
    fingerprint: str
    images: str = "images"


class ProceduralSet(DatasetCard):
    """A set of procedural defects: the content of its ``dataset.yaml``, and ``out``, its folder."""

    split: ProceduralRecipe
    out: PathText


class DatasetIdentity(Document):
    """The data set that a report was made from.

    ``groups_lost`` says whether it was divided by groups that its annotations do not record.
    """

    name: str
    fingerprint: str
    groups_lost: bool


class ImageEntry(StrictDocument):
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


class CategoryEntry(StrictDocument):
    """A class of an annotation file."""

    id: Id
    name: Word


class AnnotationEntry(StrictDocument):
    """A defect of an annotation file; its run lengths are checked together with its image."""

    image_id: Id
    category_id: Id
    bbox: Annotated[list[float], Field(min_length=4, max_length=4)]
    segmentation: Any = None

    def box_in(self, image: ImageEntry) -> tuple[float, float, float, float]:
        """Returns the box x, y, width, height in pixels.

        Raises:
            ValueError: it has no area or extends beyond the image.
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


class SplitDocument(StrictDocument):
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


def _refuse_repeated(values: list[int] | list[str], what: str) -> None:
    if len(set(values)) < len(values):
        repeated = next(value for value, number in Counter(values).items() if number > 1)
        raise ValueError(f"the {what} {quoted(repeated)} stands there twice")
