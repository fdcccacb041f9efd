"""Which LabelMe JSON belongs to which image."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.formats import file_kind
from auxnet_cli.data.sources import RejectedImageError
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.files.source_files import is_usable
from auxnet_cli.data.sources.labelme.file import decode_base64, read_labelme
from auxnet_cli.data.sources.masks.pairing import below
from auxnet_cli.errors import InputError


@dataclass
class Layout:
    """What a walk through the JSON files finds.

    Attributes:
        labels: the JSON of each image; an image that is only inside its JSON has the path that it
            would have beside it.
        inside: the images that are only inside their JSON.
        blocked: images whose JSON cannot be used, or that share a stem.
        doubtful: images that a JSON elsewhere may mean.
        classes: every label.
    """

    labels: dict[Path, Path]
    inside: set[Path]
    blocked: set[Path]
    doubtful: set[Path]
    classes: set[str]


def walk(tree: ImageTree, audit: Audit) -> Layout:
    """Join every LabelMe JSON below the tree's root with its image.

    Raises:
        InputError: there is none.
    """
    root = tree.root
    beside: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    for path in tree.paths:
        beside[path.parent, path.stem].append(path)
    found = Layout({}, set(), set(), set(), set())
    lonely: list[tuple[Path, str, str]] = []
    number = 0
    for label in sorted(root.rglob("*.json")):
        hidden = any(part.startswith(".") for part in label.relative_to(root).parts)
        if hidden or not label.is_file() or not is_usable(label, root, audit):
            continue
        images = beside.get((label.parent, label.stem), [])
        try:
            content = read_labelme(label)
        except InputError as error:
            audit.add("unreadable-annotation", below(label, root), str(error), "image skipped")
            found.blocked |= set(images)
            number += 1
            continue
        if content is None:
            detail = "it is JSON, but has no list of shapes"
            audit.add("json-of-another-kind", below(label, root), detail, "file skipped")
            continue
        number += 1
        found.classes |= {shape.label for shape in content.shapes}
        named = [path for path in images if path.name == _name(content.image)]
        if len(images) == 1 or len(named) == 1:
            found.labels[(named or images)[0]] = label
        elif images:
            detail = f"{len(images)} images of this stem, and imagePath names none of them"
            audit.add("ambiguous-stem", below(label, root), detail, "images skipped")
            found.blocked |= set(images)
        else:
            lonely.append((label, content.image, _suffix(content.data)))
    if not number:
        raise InputError(
            f"{root} holds no LabelMe JSON: name the folder that holds the images and their JSON."
        )
    _find_elsewhere(lonely, tree, found, audit)
    return found


def _find_elsewhere(
    lonely: list[tuple[Path, str, str]], tree: ImageTree, found: Layout, audit: Audit
) -> None:
    """The images of JSON files that have none beside them: by ``imagePath``, else inside."""
    unclear: set[str] = set()
    for label, name, suffix in lonely:
        try:
            path, _ = tree.find(name, label.parent, None)
            taken = path in found.labels or path in found.blocked
        except RejectedImageError:
            taken = True
            unclear.add(name)
        if not taken:
            found.labels[path] = label
        elif suffix:
            image = label.with_suffix(suffix)
            found.labels[image] = label
            found.inside.add(image)
        else:
            detail = "no image of this stem beside it, none at imagePath, and no imageData"
            audit.add(
                "annotation-without-image", below(label, tree.root), detail, "annotation skipped"
            )
    found.doubtful |= tree.named(unclear)


def _suffix(data: str | None) -> str:
    """The file suffix of an image in base 64; ``""`` where it is no image."""
    try:
        # The kind of a file shows in its first bytes; the rest may be large.
        kind = file_kind(decode_base64(data[:64])) if data else ""
    except ValueError:
        return ""
    return f".{kind.lower()}" if kind else ""


def _name(image: str) -> str:
    return image.replace("\\", "/").rpartition("/")[2]
