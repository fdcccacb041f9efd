"""Where Pascal VOC keeps things, and what belongs to each image."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.files.matching import Key, by_key, files_below, match
from auxnet_cli.data.sources.masks.pairing import below
from auxnet_cli.data.sources.voc.xml import VocXml, read_xml
from auxnet_cli.system.values import quoted

_MASKS = "segmentation"
_CLASS_MASKS = ("segmentationclass", "segmentationclasspng")
_OBJECT_MASKS = ("segmentationobject", "segmentationobjectpng")
_LAYOUT = frozenset(
    {"annotations", "annotation", "xml", "xmls", "jpegimages", "images", "image", "imgs", "img"}
).union(_CLASS_MASKS, _OBJECT_MASKS)


@dataclass(frozen=True)
class VocFiles:
    """What lies below a source, sorted: images, XML, masks of classes and of objects."""

    images: list[Path]
    xmls: list[Path]
    class_masks: list[Path]
    object_masks: list[Path]


@dataclass(frozen=True)
class VocImage:
    """An image and what belongs to it.

    Attributes:
        image: the file.
        xml: what its XML says; ``None`` where it has none that can be used.
        fault: why its XML cannot be used.
        mask: its mask of classes.
        objects: its mask of objects.
    """

    image: Path
    xml: VocXml | None = None
    fault: str | None = None
    mask: Path | None = None
    objects: Path | None = None

    @property
    def bare(self) -> bool:
        """Whether nothing says what it shows."""
        return self.xml is None and self.fault is None and self.mask is None


def find_files(tree: ImageTree, audit: Audit) -> VocFiles:
    """What lies below a source, told apart by folders and suffixes."""
    files = VocFiles([], files_below(tree.root, ".xml", audit), [], [])
    for path in tree.paths:
        folders = [part.lower() for part in path.relative_to(tree.root).parts[:-1]]
        drawn = next((folder for folder in folders if folder.startswith(_MASKS)), None)
        if drawn is None:
            files.images.append(path)
        elif drawn in _CLASS_MASKS:
            files.class_masks.append(path)
        elif drawn in _OBJECT_MASKS:  # other folders of such names hold drawings for people
            files.object_masks.append(path)
    return files


def pair_files(files: VocFiles, root: Path, audit: Audit) -> list[VocImage]:
    """The images, sorted, with what belongs to them; what belongs to none is named in the audit."""
    images = by_key(files.images, root, _of_layout, audit)
    said = {path: _read(path, root) for path in files.xmls}
    xmls = by_key(files.xmls, root, _of_layout, audit)
    xml_of = match(images, xmls)
    used = set(xml_of.values())
    called: dict[str, set[Key]] = defaultdict(set)
    for key, image in images.items():
        for name in (image.name, image.stem):
            called[name.casefold()].add(key)
    for path in xmls.values():
        if path not in used:
            _find_by_name(path, said[path], called, xml_of, root, audit)
    masks = by_key(files.class_masks, root, _of_layout, audit)
    mask_of = match(images, masks)
    used = set(mask_of.values())
    for path in masks.values():
        if path not in used:
            detail = "no image of this stem"
            audit.add("mask-without-image", below(path, root), detail, "skipped")
    objects_of = match(images, by_key(files.object_masks, root, _of_layout, audit))
    paired = []
    for key, image in images.items():
        content = said[xml_of[key]] if key in xml_of else None
        xml, fault = (content, None) if isinstance(content, VocXml) else (None, content)
        paired.append(VocImage(image, xml, fault, mask_of.get(key), objects_of.get(key)))
    return sorted(paired, key=lambda item: item.image)


def _find_by_name(
    path: Path,
    content: VocXml | str,
    called: Mapping[str, set[Key]],
    xml_of: dict[Key, Path],
    root: Path,
    audit: Audit,
) -> None:
    """Give an XML whose stem no image has to the image that its ``<filename>`` names.

    ``called`` has the images of each name and stem.
    """
    key = _called(content.filename, called) if isinstance(content, VocXml) else None
    if key is not None and key not in xml_of:
        xml_of[key] = path
        return
    what = content if isinstance(content, str) else f"its <filename> is {quoted(content.filename)}"
    detail = f"no image of this stem; {what}"
    audit.add("annotation-without-image", below(path, root), detail, "annotation skipped")


def _read(path: Path, root: Path) -> VocXml | str:
    """What a file says, or why it cannot be used."""
    try:
        return read_xml(path)
    except ValueError as error:
        return f"{below(path, root)}: {error}"


def _called(filename: str, called: Mapping[str, set[Key]]) -> Key | None:
    """The one image that a ``<filename>`` names, with or without its suffix."""
    name = PurePosixPath(filename.replace("\\", "/")).name.casefold()
    found = called.get(name, set()) if name else set()
    return next(iter(found)) if len(found) == 1 else None


def _of_layout(folder: str) -> bool:
    return folder.lower() in _LAYOUT
