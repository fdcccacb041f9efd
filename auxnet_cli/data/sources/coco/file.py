"""One COCO instance file: its categories, images and annotations, checked one by one.

Format: https://cocodataset.org/#format-data, "Object Detection".
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auxnet_cli.errors import InputError
from auxnet_cli.system.values import number, quoted, text

OWN = "auxnet common format"
_LISTS = ("images", "annotations", "categories")


@dataclass(frozen=True)
class Marked:
    """One annotation as the file has it.

    Attributes:
        place: which it is, such as ``annotations[3]``.
        label: the class; ``None`` where the file does not name the category.
        segmentation, box: as they stand there; ``None`` where they do not.
        crowd: whether it stands for many objects at once.
    """

    place: str
    label: str | None
    segmentation: Any
    box: Any
    crowd: bool

    @property
    def key(self) -> str:
        """What two annotations share that say the same."""
        return repr((self.label, self.segmentation, self.box, self.crowd))


@dataclass
class Listed:
    """One image of the file.

    Attributes:
        name: its path, as the file has it.
        height, width: pixels; ``None`` where the file does not say.
    """

    name: str
    height: int | None
    width: int | None
    marked: list[Marked] = field(default_factory=list)


@dataclass(frozen=True)
class CocoFile:
    """The content of a file.

    Attributes:
        own: whether it is of a data set in the common format.
        classes: in the order of the file, each once.
        repeated: classes that several categories are called.
        images: in the order of the file.
        strays: annotations by the id of an image that the file does not list.
        twice: annotations whose id another one has.
    """

    path: Path
    own: bool
    classes: tuple[str, ...]
    repeated: tuple[str, ...]
    images: tuple[Listed, ...]
    strays: dict[str, int]
    twice: int


def is_coco(document: Any) -> bool:
    """Whether a JSON document is of instances, not of captions or of something else."""
    return isinstance(document, dict) and all(
        isinstance(document.get(name), list) for name in _LISTS
    )


def parse(document: dict[str, Any], path: Path) -> CocoFile:
    """Check the lists of an instance file and join annotations to images.

    Shapes stay as they are: what is wrong with one concerns its image alone.

    Raises:
        InputError: an entry lacks what it needs, or an id stands for two images or categories;
            names file and field.
    """
    names: dict[int | str, str] = {}
    images: dict[int | str, Listed] = {}
    seen: set[int | str] = set()
    strays: dict[str, int] = defaultdict(int)
    twice = 0
    place = ""
    try:
        for index, entry in enumerate(document["categories"]):
            place = f"categories[{index}]"
            key, name = _id(entry, "id"), text(entry.get("name"))
            if names.setdefault(key, name) != name:
                raise ValueError(f"id {quoted(key)} is {names[key]} already")
        for index, entry in enumerate(document["images"]):
            place = f"images[{index}]"
            key = _id(entry, "id")
            if key in images:
                raise ValueError(f"id {quoted(key)} is {quoted(images[key].name)} already")
            images[key] = _listed(entry)
        for index, entry in enumerate(document["annotations"]):
            place = f"annotations[{index}]"
            key = _id(entry, "image_id")
            if "id" in entry:
                own = _id(entry, "id")
                twice += own in seen
                seen.add(own)
            if key in images:
                images[key].marked.append(_marked(entry, place, names))
            else:
                strays[quoted(key)] += 1
    except ValueError as error:
        raise InputError(f"{path}, {place}: {error}; mend it or export it again.") from None
    labels, info = list(names.values()), document.get("info")
    return CocoFile(
        path=path,
        own=isinstance(info, dict) and info.get("description") == OWN,
        classes=tuple(dict.fromkeys(labels)),
        repeated=tuple(name for name, often in Counter(labels).items() if often > 1),
        images=tuple(images.values()),
        strays=dict(strays),
        twice=twice,
    )


def _listed(entry: dict[str, Any]) -> Listed:
    name = entry.get("file_name")
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"its file_name is {quoted(name)}")
    return Listed(name, _side(entry.get("height")), _side(entry.get("width")))


def _side(value: Any) -> int | None:
    """A height or width; ``None`` where there is none, or the 0 that some tools write for it."""
    if value is None or value == 0:
        return None
    found = number(value)
    if found < 1 or found != int(found):
        raise ValueError(f"its height or width is {quoted(value)}")
    return int(found)


def _marked(entry: dict[str, Any], place: str, names: dict[int | str, str]) -> Marked:
    return Marked(
        place=place,
        label=names.get(_id(entry, "category_id")),
        segmentation=entry.get("segmentation") or None,
        box=entry.get("bbox") or None,
        crowd=bool(entry.get("iscrowd")),
    )


def _id(entry: Any, name: str) -> int | str:
    """An id of an entry, which most tools number and some spell."""
    if not isinstance(entry, dict):
        raise ValueError(f"it is {quoted(entry)}, not an object with fields")
    value = entry.get(name)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, int | str) and not isinstance(value, bool):
        return value
    raise ValueError(f"its {name} is {quoted(value)}")
