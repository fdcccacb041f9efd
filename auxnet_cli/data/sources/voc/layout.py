"""Finds the XML and the masks of each image in Pascal VOC's layout."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from auxnet_cli.data.sources.files.image_tree import ImageTree
from auxnet_cli.data.sources.files.matching import Key, by_key, match, note_masks_without_image
from auxnet_cli.data.sources.voc.xml import VocXml, read_xml
from auxnet_cli.errors import InputError
from auxnet_cli.system.values import quoted

_CLASS_MASKS = ("segmentationclass", "segmentationclasspng")
_OBJECT_MASKS = ("segmentationobject", "segmentationobjectpng")
_LAYOUT = frozenset(
    {"annotations", "annotation", "xml", "xmls", "jpegimages", "images", "image", "imgs", "img"}
).union(_CLASS_MASKS, _OBJECT_MASKS)


@dataclass(frozen=True)
class VocImage:
    """An image and the files that belong to it.

    Attributes:
        xml: the content of its XML, or why it cannot be used; ``None`` where it has none.
        class_mask, object_mask: its masks.
    """

    path: Path
    xml: VocXml | str | None = None
    class_mask: Path | None = None
    object_mask: Path | None = None

    @property
    def is_unlabelled(self) -> bool:
        """Whether it has neither XML nor a mask of classes."""
        return self.xml is None and self.class_mask is None

    @property
    def class_names(self) -> set[str]:
        """The classes of the objects in its XML."""
        return {item.name for item in self.xml.objects} if isinstance(self.xml, VocXml) else set()


def find_images(tree: ImageTree) -> tuple[list[VocImage], list[Path]]:
    """Returns the images, sorted, with their files, and every mask of classes.

    Files without image are noted.

    Raises:
        InputError: there is neither XML nor a mask of classes.
    """
    xml_paths = list(tree.files(".xml"))
    image_paths, class_paths, object_paths = [], [], []
    for path in tree.paths:
        folders = [part.lower() for part in tree.parents(path)]
        drawn = next((name for name in folders if name.startswith("segmentation")), None)
        if drawn is None:
            image_paths.append(path)
        elif drawn in _CLASS_MASKS:
            class_paths.append(path)
        elif drawn in _OBJECT_MASKS:  # other folders of such names hold drawings for people
            object_paths.append(path)
    if not xml_paths and not class_paths:
        raise InputError(
            f"{tree.root} holds neither XML files nor a folder SegmentationClass: name the folder "
            "that holds Annotations and JPEGImages."
        )

    def keyed(paths: list[Path]) -> dict[Key, Path]:
        return by_key(paths, tree, tree.root, lambda name: name.lower() in _LAYOUT)

    images = keyed(image_paths)
    contents = {path: _content(path, tree) for path in xml_paths}
    xmls = keyed(xml_paths)
    xml_of = match(images, xmls)
    _match_by_filename(list(xmls.values()), contents, images.values(), xml_of, tree)
    masks = keyed(class_paths)
    mask_of = match(images, masks)
    matched = set(mask_of.values())
    note_masks_without_image((path for path in masks.values() if path not in matched), tree)
    objects_of = match(images, keyed(object_paths))
    items = []
    for path in sorted(images.values()):
        xml = contents[xml_of[path]] if path in xml_of else None
        items.append(VocImage(path, xml, mask_of.get(path), objects_of.get(path)))
    return items, class_paths


def _match_by_filename(
    xmls: list[Path],
    contents: dict[Path, VocXml | str],
    images: Iterable[Path],
    xml_of: dict[Path, Path],
    tree: ImageTree,
) -> None:
    """Matches each XML whose stem no image has to the one image that its ``<filename>`` names."""
    images_of: dict[str, set[Path]] = defaultdict(set)
    for image in images:
        for name in (image.name, image.stem):
            images_of[name.casefold()].add(image)
    matched = set(xml_of.values())
    for path in (path for path in xmls if path not in matched):
        content = contents[path]
        if isinstance(content, VocXml):
            name = PurePosixPath(content.filename.replace("\\", "/")).name.casefold()
            named = images_of.get(name, set())
            if name and len(named) == 1 and not named & xml_of.keys():
                xml_of.update(dict.fromkeys(named, path))
                continue
            content = f"its <filename> is {quoted(content.filename)}"
        detail = f"no image of this stem; {content}"
        tree.add("annotation-without-image", path, detail, "annotation skipped")


def _content(path: Path, tree: ImageTree) -> VocXml | str:
    try:
        return read_xml(path)
    except ValueError as error:
        return f"{tree.below(path)}: {error}"
