"""Finds the image of each LabelMe JSON."""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from auxnet_cli.data.images.formats import file_kind
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.labelme.file import LabelMeFile, decode_base64, read_labelme
from auxnet_cli.data.sources.source import RejectedImageError
from auxnet_cli.errors import InputError


@dataclass
class Layout:
    """The images and classes of a source.

    Attributes:
        labels: the JSON of each image; one that exists only inside its JSON has a path beside it.
        blocked: images whose JSON cannot be used, or that share a stem.
        doubtful: images that a JSON elsewhere may mean.
    """

    labels: dict[Path, Path] = field(default_factory=dict)
    blocked: set[Path] = field(default_factory=set)
    doubtful: set[Path] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)


def find_layout(tree: ImageTree) -> Layout:
    """Matches every LabelMe JSON below the tree's root with its image.

    Raises:
        InputError: there is no LabelMe JSON.
    """
    beside: dict[tuple[Path, str], list[Path]] = defaultdict(list)
    for path in tree.paths:
        beside[path.parent, path.stem].append(path)
    layout = Layout()
    lonely: list[tuple[Path, str, str]] = []
    empty = True
    for path in (path for path in tree.files(".json") if path.match("*.json")):
        images = beside.get((path.parent, path.stem), [])
        try:
            content = read_labelme(path)
        except InputError as error:
            tree.add("unreadable-annotation", path, str(error), "image skipped")
            layout.blocked |= set(images)
            empty = False
            continue
        if content is None:
            detail = "it is JSON, but has no list of shapes"
            tree.add("json-of-another-kind", path, detail, "file skipped")
            continue
        empty = False
        layout.classes |= {shape.label for shape in content.shapes}
        name = content.image.replace("\\", "/").rpartition("/")[2]
        named = [image for image in images if image.name == name]
        if len(images) == 1 or len(named) == 1:
            layout.labels[(named or images)[0]] = path
        elif images:
            detail = f"{len(images)} images of this stem, and imagePath names none of them"
            tree.add("ambiguous-stem", path, detail, "images skipped")
            layout.blocked |= set(images)
        else:
            lonely.append((path, content.image, _inner_suffix(content)))
    if empty:
        raise InputError(
            f"{tree.root} holds no LabelMe JSON: name the folder that holds the images and their "
            "JSON."
        )
    _find_elsewhere(lonely, tree, layout)
    return layout


def _find_elsewhere(lonely: list[tuple[Path, str, str]], tree: ImageTree, layout: Layout) -> None:
    """Adds the images of JSON files that have none beside them: by ``imagePath``, else inside.

    ``lonely`` has the path, ``imagePath`` and suffix of the inner image of each JSON.
    """
    unclear: set[str] = set()
    for path, name, suffix in lonely:
        try:
            image, _ = tree.find(name, path.parent, None)
            free = image not in layout.labels and image not in layout.blocked
        except RejectedImageError:
            free = False
            unclear.add(name)
        if free:
            layout.labels[image] = path
        elif suffix:
            layout.labels[path.with_suffix(suffix)] = path
        else:
            detail = "no image of this stem beside it, none at imagePath, and no imageData"
            tree.add("annotation-without-image", path, detail, "annotation skipped")
    layout.doubtful |= tree.named(unclear)


def _inner_suffix(content: LabelMeFile) -> str:
    """Returns the file suffix of the image inside a JSON; ``""`` where there is none."""
    try:
        # The kind of a file shows in its first bytes; the rest may be large.
        kind = file_kind(decode_base64(content.data[:64])) if content.data else ""
    except ValueError:
        return ""
    return f".{kind.lower()}" if kind else ""
