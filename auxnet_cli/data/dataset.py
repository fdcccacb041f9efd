"""The common format as it is read: a prepared data set, its splits and what each image holds."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from auxnet_cli.data.image_traits import DEPTHS
from auxnet_cli.errors import InputError

SPLITS = ("train", "val", "test")
LabelKind = Literal["multi-label", "exclusive"]


@dataclass(frozen=True)
class Annotation:
    """One connected defect.

    Attributes:
        label: index into the data set's classes.
        box: x, y, width, height in pixels of the original image.
        rle: compressed COCO RLE (``size``, ``counts``) at the original size; ``None`` where the
            source has boxes only.
    """

    label: int
    box: tuple[float, float, float, float]
    rle: dict[str, Any] | None


@dataclass(frozen=True)
class Record:
    """One image of a split. No annotation means a good part.

    Attributes:
        id: the image's COCO id.
        name: path below ``images/``, with forward slashes.
        path: where the image lies.
        height, width: pixels.
        bits: of the camera, where the image is stored with 16.
        group: of images that show one part or look alike, which no split parts; by default the
            image's name, a group of its own.
    """

    id: int
    name: str
    path: Path
    height: int
    width: int
    annotations: tuple[Annotation, ...]
    bits: int = 16
    group: str = ""

    def __post_init__(self) -> None:
        if not self.group:
            object.__setattr__(self, "group", self.name)

    @property
    def labels(self) -> frozenset[int]:
        """The classes on the image."""
        return frozenset(annotation.label for annotation in self.annotations)

    @property
    def masked_labels(self) -> frozenset[int]:
        """The classes of which a defect has a mask here, by which it can be cut out."""
        return frozenset(
            annotation.label for annotation in self.annotations if annotation.rle is not None
        )


@dataclass(frozen=True)
class Dataset:
    """A prepared data set, or a fold of one, from its ``dataset.yaml``.

    Attributes:
        root: the folder that holds it.
        images: the folder that the images' names start from; folds share one.
        bits: of the camera, where images are stored with 16; see ``images.read_image``.
        grouped: whether it was divided by a rule of groups.
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
    def open(cls, root: Path) -> "Dataset":
        """Read ``dataset.yaml``.

        Raises:
            InputError: it is missing or lacks a field.
        """
        path = root / "dataset.yaml"
        try:
            document = yaml.safe_load(path.read_text(encoding="utf-8"))
            if document["label_kind"] not in get_args(LabelKind):
                raise ValueError(f"label_kind: {document['label_kind']}")
            bits = document.get("bits", 16)
            if bits not in DEPTHS:
                raise ValueError(f"bits: {bits}")
            recipe = document.get("split")
            return cls(
                root=root,
                name=str(document["name"]),
                kind=str(document["kind"]),
                classes=tuple(str(name) for name in document["classes"]),
                label_kind=document["label_kind"],
                fingerprint=str(document["fingerprint"]),
                images=root / str(document.get("images", "images")),
                bits=bits,
                grouped=isinstance(recipe, dict) and bool(recipe.get("group_by")),
            )
        except FileNotFoundError:
            raise InputError(
                f"{root} holds no dataset.yaml: make it with `auxnet prepare`."
            ) from None
        except (yaml.YAMLError, ValueError, KeyError, TypeError) as error:
            reason = " ".join(str(error).split())
            raise InputError(f"{path} is damaged ({reason}): prepare the data set again.") from None

    def annotation_file(self, split: str) -> Path:
        """The COCO file of a split."""
        return self.root / "annotations" / f"{split}.json"

    def filled_split(self, split: str) -> list[Record]:
        """The images of a split, as :meth:`split` has them.

        Raises:
            InputError: as there, and where the split holds no image.
        """
        records = self.split(split)
        if not records:
            shares = "a smaller --val or --test" if split == "train" else f"a larger --{split}"
            raise InputError(
                f"The split '{split}' of {self.root} holds no image: prepare the data set with "
                f"{shares}."
            )
        return records

    def split(self, split: str) -> list[Record]:
        """The images of a split, in the order of the COCO file.

        Raises:
            InputError: no such split, or its file is missing or damaged.
        """
        if split not in SPLITS:
            raise InputError(f"There is no split '{split}': take one of {', '.join(SPLITS)}.")
        path = self.annotation_file(split)
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            labels = {
                entry["id"]: self.classes.index(entry["name"]) for entry in document["categories"]
            }
            found: dict[int, list[Annotation]] = {entry["id"]: [] for entry in document["images"]}
            for entry in document["annotations"]:
                x, y, width, height = entry["bbox"]
                found[entry["image_id"]].append(
                    Annotation(
                        label=labels[entry["category_id"]],
                        box=(float(x), float(y), float(width), float(height)),
                        rle=entry.get("segmentation") or None,
                    )
                )
            return [
                Record(
                    id=int(entry["id"]),
                    name=entry["file_name"],
                    path=self.images / entry["file_name"],
                    height=int(entry["height"]),
                    width=int(entry["width"]),
                    annotations=tuple(found[entry["id"]]),
                    bits=self.bits,
                    group=str(entry.get("group", "")),
                )
                for entry in document["images"]
            ]
        except FileNotFoundError:
            raise InputError(f"{path} is missing: prepare the data set again.") from None
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{path} is damaged ({error!r}): prepare the data set again."
            ) from None
