"""Reads the common format: a prepared data set, its splits and the defects on each image."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auxnet_cli.data.labels.run_lengths import coco_lengths
from auxnet_cli.documents.dataset_card import (
    MAX_BYTES,
    DatasetDocument,
    DatasetIdentity,
    LabelKind,
    SplitDocument,
)
from auxnet_cli.errors import InputError
from auxnet_cli.system.containment import check_inside
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.system.untrusted import read_json, read_yaml
from auxnet_cli.system.values import quoted

SPLITS = ("train", "val", "test")
IMAGES = "images"
FOLDS = "folds"


@dataclass(frozen=True)
class Annotation:
    """One connected defect.

    Attributes:
        label: index into the data set's classes.
        box: x, y, width, height in pixels of the original image.
        rle: compressed COCO RLE (``size``, ``counts``) at the original size, see
            :func:`auxnet_cli.data.labels.run_lengths.coco_lengths`; ``None`` if the source has
            only boxes.
    """

    label: int
    box: tuple[float, float, float, float]
    rle: dict[str, Any] | None


@dataclass(frozen=True)
class Record:
    """One image of a split; without annotations it shows a good part.

    Attributes:
        id: the image's COCO id.
        name: path below ``images/``, with forward slashes.
        path: the image file.
        height, width: pixels.
        bits: bit depth of the camera, if the image is stored with 16 bits.
        group: shared by images that show one part or look alike, which stay in one split; by
            default the image's name, a group of its own.
        home: the data set's folder, which no link may lead out of; ``None`` for an image that
            belongs to no data set.
    """

    id: int
    name: str
    path: Path
    height: int
    width: int
    annotations: tuple[Annotation, ...]
    bits: int = 16
    group: str = ""
    home: Path | None = None

    def __post_init__(self) -> None:
        if not self.group:
            object.__setattr__(self, "group", self.name)

    @property
    def labels(self) -> frozenset[int]:
        """The classes on the image."""
        return frozenset(annotation.label for annotation in self.annotations)

    @property
    def masked_labels(self) -> frozenset[int]:
        """The classes that have a defect with a mask on the image."""
        return frozenset(
            annotation.label for annotation in self.annotations if annotation.rle is not None
        )


@dataclass(frozen=True)
class Dataset:
    """A prepared data set, or a fold of one, as its ``dataset.yaml`` describes it.

    Attributes:
        root: the folder that holds it.
        images: the folder of the images; all folds share one.
        bits: bit depth of the camera, if images are stored with 16 bits; see
            ``images.reading.decode_image``.
        grouped: whether a rule of groups divided it.
    """

    root: Path
    name: str
    kind: str
    classes: tuple[str, ...]
    label_kind: LabelKind
    fingerprint: str
    images: Path
    bits: int = 16
    grouped: bool = False

    @classmethod
    def open(cls, root: StrPath) -> "Dataset":
        """Reads ``dataset.yaml``.

        Raises:
            InputError: it is missing or damaged.
        """
        root = as_path(root)
        path = root / "dataset.yaml"
        if not path.is_file():
            raise InputError(f"{root} holds no dataset.yaml: make it with `auxnet prepare`.")
        check_inside(path, root)
        try:
            document = DatasetDocument.check(read_yaml(path, "description of a data set"))
            if document.images != IMAGES and root.resolve().parent.name != FOLDS:
                raise ValueError(f"images: {document.images} is for folds")
        except ValueError as error:
            raise _damaged(path, error) from None
        return cls(
            root=root,
            name=document.name,
            kind=document.kind,
            classes=tuple(document.classes),
            label_kind=document.label_kind,
            fingerprint=document.fingerprint,
            images=root / document.images,
            bits=document.bits,
            grouped=bool((document.split or {}).get("group_by")),
        )

    @property
    def home(self) -> Path:
        """The folder that holds the images, too; for a fold, the folder of the whole data set."""
        return self.images.parent

    def annotation_file(self, split: str) -> Path:
        """Returns the path of a split's COCO file."""
        return self.root / "annotations" / f"{split}.json"

    def filled_split(self, split: str) -> list[Record]:
        """Returns the images of a split that must not be empty.

        Raises:
            InputError: as for :meth:`split`, or the split holds no image.
        """
        records = self.split(split)
        if not records:
            shares = "a smaller `val` or `test`" if split == "train" else f"a larger `{split}`"
            raise InputError(
                f"The split '{split}' of {self.root} holds no image: prepare the data set with "
                f"{shares}."
            )
        return records

    def split(self, split: str) -> list[Record]:
        """Returns the images of a split, in the order of the COCO file.

        Raises:
            InputError: there is no such split, or its file is missing or damaged.
        """
        if split not in SPLITS:
            raise InputError(f"There is no split '{split}': take one of {', '.join(SPLITS)}.")
        path = self.annotation_file(split)
        if not path.is_file():
            raise InputError(f"{path} is missing: prepare the data set again.")
        check_inside(path, self.home)
        try:
            document = SplitDocument.check(read_json(path, "annotation file", MAX_BYTES))
            return self._records(document)
        except ValueError as error:
            raise _damaged(path, error) from None

    def identity(self) -> DatasetIdentity:
        """Returns what a report says of the data set; reads all splits of a grouped one."""
        lost = self.grouped and not any(
            record.group != record.name for split in SPLITS for record in self.split(split)
        )
        return DatasetIdentity(name=self.name, fingerprint=self.fingerprint, groups_lost=lost)

    def _records(self, document: SplitDocument) -> list[Record]:
        indices = {name: index for index, name in enumerate(self.classes)}
        labels: dict[int, int] = {}
        for category in document.categories:
            if category.name not in indices:
                raise ValueError(f"dataset.yaml has no class {quoted(category.name)}")
            labels[category.id] = indices[category.name]
        images = {image.id: image for image in document.images}
        annotations: dict[int, list[Annotation]] = {number: [] for number in images}
        for index, entry in enumerate(document.annotations):
            try:
                if entry.image_id not in images:
                    raise ValueError(f"no image has the id {entry.image_id}")
                if entry.category_id not in labels:
                    raise ValueError(f"no category has the id {entry.category_id}")
                image, rle = images[entry.image_id], entry.segmentation or None
                if rle is not None:
                    coco_lengths(rle, image.height, image.width)
                box = entry.box_in(image)
            except ValueError as error:
                raise ValueError(f"annotations[{index}]: {error}") from None
            annotations[image.id].append(Annotation(labels[entry.category_id], box, rle))
        return [
            Record(
                id=image.id,
                name=image.file_name,
                path=self.images / image.file_name,
                height=image.height,
                width=image.width,
                annotations=self._checked(image.file_name, annotations[image.id]),
                bits=self.bits,
                group=image.group,
                home=self.home,
            )
            for image in document.images
        ]

    def _checked(self, name: str, annotations: list[Annotation]) -> tuple[Annotation, ...]:
        """Returns the annotations of an image, once they are known to fit the label kind."""
        classes = {annotation.label for annotation in annotations}
        if self.label_kind == "exclusive" and len(classes) > 1:
            shown = ", ".join(self.classes[label] for label in sorted(classes)[:3])
            raise ValueError(
                f"{quoted(name)} shows {shown}, but the label kind is exclusive: one class an image"
            )
        return tuple(annotations)


def _damaged(path: Path, error: ValueError) -> InputError:
    reason = " ".join(str(error).split())
    return InputError(f"{path} is damaged ({reason}): prepare the data set again.")
