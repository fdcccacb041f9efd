"""Checks one COCO instance file entry by entry: categories, images and annotations.

Format: https://cocodataset.org/#format-data, "Object Detection".
"""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auxnet_cli.data.sources.files.source_folder import SourceFolder
from auxnet_cli.errors import InputError
from auxnet_cli.system.values import number, quoted, text

_LISTS = ("images", "annotations", "categories")


@dataclass(frozen=True)
class CocoAnnotation:
    """One annotation, its shapes unchecked.

    Attributes:
        position: such as ``annotations[3]``.
        label: the class; ``None`` where the file does not name the category.
        crowd: whether the annotation marks many objects at once.
    """

    position: str
    label: str | None
    segmentation: Any
    box: Any
    crowd: bool

    @property
    def content(self) -> str:
        """What two annotations share that say the same."""
        return repr((self.label, self.segmentation, self.box, self.crowd))


@dataclass
class CocoImage:
    """One image as the file lists it; height and width (pixels) are ``None`` where it does not."""

    name: str
    height: int | None
    width: int | None
    annotations: list[CocoAnnotation] = field(default_factory=list)


def is_coco(document: Any) -> bool:
    """Returns whether a JSON document holds instances, rather than captions or something else."""
    return isinstance(document, dict) and all(
        isinstance(document.get(name), list) for name in _LISTS
    )


def parse(
    document: dict[str, Any], path: Path, folder: SourceFolder
) -> tuple[list[str], list[CocoImage]]:
    """Returns the classes of an instance file, and its images with their annotations.

    Shapes are not checked: a wrong one concerns its image alone.

    Raises:
        InputError: an entry lacks a required field, or two images or categories share an id.
    """
    names: dict[int | str, str] = {}
    images: dict[int | str, CocoImage] = {}
    ids: Counter[int | str] = Counter()
    strays: Counter[str] = Counter()
    position = ""
    try:
        for index, entry in enumerate(document["categories"]):
            position = f"categories[{index}]"
            key, name = _id(entry, "id"), text(entry.get("name"))
            if names.setdefault(key, name) != name:
                raise ValueError(f"id {quoted(key)} is {names[key]} already")
        for index, entry in enumerate(document["images"]):
            position = f"images[{index}]"
            key = _id(entry, "id")
            if key in images:
                raise ValueError(f"id {quoted(key)} is {quoted(images[key].name)} already")
            images[key] = _image(entry)
        for index, entry in enumerate(document["annotations"]):
            position = f"annotations[{index}]"
            key = _id(entry, "image_id")
            if "id" in entry:
                ids[_id(entry, "id")] += 1
            if key not in images:
                strays[quoted(key)] += 1
                continue
            label, shape = names.get(_id(entry, "category_id")), entry.get("segmentation") or None
            box, crowd = entry.get("bbox") or None, bool(entry.get("iscrowd"))
            images[key].annotations.append(CocoAnnotation(position, label, shape, box, crowd))
    except ValueError as error:
        raise InputError(f"{path}, {position}: {error}; mend it or export it again.") from None
    classes = Counter(names.values())
    for name in (name for name, count in classes.items() if count > 1):
        detail = f"several categories are called {name}"
        folder.add("repeated-category", path, detail, "taken as one class")
    if repeated := ids.total() - len(ids):
        detail = f"{repeated} annotations have the id of another one"
        folder.add("repeated-annotation-id", path, detail, "kept: nothing refers to it")
    if strays:
        some = ", ".join(list(strays)[:5])
        detail = (
            f"{strays.total()} annotations are of images that are not listed, such as id {some}"
        )
        folder.add("annotation-without-image", path, detail, "annotations skipped")
    return list(classes), list(images.values())


def _image(entry: dict[str, Any]) -> CocoImage:
    name = entry.get("file_name")
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"its file_name is {quoted(name)}")
    return CocoImage(name, _side(entry.get("height")), _side(entry.get("width")))


def _side(value: Any) -> int | None:
    """Returns a height or width in pixels; some tools write 0 where it is unknown."""
    if value is None or value == 0:
        return None
    side = number(value)
    if side < 1 or side != int(side):
        raise ValueError(f"its height or width is {quoted(value)}")
    return int(side)


def _id(entry: Any, name: str) -> int | str:
    """Returns an id of an entry, which is a number or, from some tools, a text."""
    if not isinstance(entry, dict):
        raise ValueError(f"it is {quoted(entry)}, not an object with fields")
    value = entry.get(name)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int | str) and not isinstance(value, bool):
        return value
    raise ValueError(f"its {name} is {quoted(value)}")
