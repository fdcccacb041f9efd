"""Reads COCO instances: one or more JSON files, and images anywhere below the same folder.

The JSON files lie in ``annotations/``, in the folder itself, or one folder deeper as
``train/_annotations.coco.json``; the first of these that holds any is taken. The source may also be
one such file. An image whose annotations are all unusable is skipped, since nothing is known about
it. The page docs/prepare.md has the other rules.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import DESCRIPTION, other_name
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.sources.coco.file import CocoImage, is_coco, parse
from auxnet_cli.data.sources.coco.labels import read_labels
from auxnet_cli.data.sources.files.image_tree import ImageTree, split_named
from auxnet_cli.data.sources.files.source_folder import SourceFolder, read_annotations
from auxnet_cli.data.sources.source import Canvas, Labels, RejectedImageError, Request, Source
from auxnet_cli.documents.dataset_card import LabelKind
from auxnet_cli.errors import InputError
from auxnet_cli.system.values import quoted

_LONGEST_NAME = 300
_Listings = list[tuple[str, CocoImage]]


@dataclass
class _Image:
    """An image, with its listing in each file (by the file's path below the source).

    Attributes:
        parts: how many last parts of the image's path its name in the data set has.
    """

    parts: int
    splits: set[str] = field(default_factory=set)
    listings: _Listings = field(default_factory=list)


def read(request: Request, audit: Audit) -> Source:
    """Opens the source; every file is checked before the first image is read.

    Raises:
        InputError: there is no COCO file, or one is wrong; names file and field.
    """
    root, documents = _find_documents(request.folder, audit)
    tree = ImageTree(root, audit)
    classes: dict[str, None] = {}
    images: dict[Path, _Image] = {}
    doubtful: set[Path] = set()
    for path, document in documents.items():
        names, listed = parse(document, path, tree)
        classes |= dict.fromkeys(names)
        doubtful |= _find_images(listed, path, tree, images)
    first = next(iter(documents))
    if not classes:
        raise InputError(f"{first} lists no categories: there is nothing to learn.")
    for path, image in images.items():
        _join_listings(image, path, tree)
    missing = "not listed in " + (first.name if len(documents) == 1 else "any COCO file")
    for path in tree.without_annotation(images, request.unlabelled, missing, doubtful):
        images[path] = _Image(len(path.relative_to(root).parts))
    short = tree.short_names({path: image.parts for path, image in images.items()})
    items = []
    for path in sorted(images, key=lambda path: short[path].split("/")):
        split = next(iter(images[path].splits), None)
        labels = partial(_labels, images[path].listings)
        items.append(tree.image(path, labels, short[path], split))
    kind = _common_label_kind(root, documents.values())
    return Source(root, tuple(classes), items, len(items), kind, keeps_unseen=kind is not None)


def _find_documents(source: Path | None, audit: Audit) -> tuple[Path, dict[Path, Any]]:
    """Returns the folder that holds images and annotations, and the instance documents by file."""
    if source is not None and source.is_file():
        document = read_annotations(source)
        if not is_coco(document):
            raise InputError(f"{source} is no COCO file: it lacks images, annotations, categories.")
        home = Path(os.path.abspath(source)).parent  # noqa: PTH100 - resolve() follows links
        root = home.parent if home.name.lower() == "annotations" else home
        return root, {home / source.name: document}
    folder = SourceFolder.open(source, "coco", audit)
    deeper = _visible(folder.root, "*/*.json")
    annotations = [path for path in deeper if path.parent.name.lower() == "annotations"]
    for paths in (annotations, _visible(folder.root, "*.json"), deeper):
        documents = _without_copies(
            {path: read_annotations(path) for path in paths if folder.is_usable(path)}
        )
        instances = {path: document for path, document in documents.items() if is_coco(document)}
        if instances:
            for path in sorted(documents.keys() - instances.keys()):
                detail = "it lacks images, annotations or categories"
                folder.add("json-of-another-kind", path, detail, "file skipped")
            return folder.root, instances
    raise InputError(
        f"{folder.root} holds no COCO file: neither there nor in annotations/ is a JSON with "
        "images, annotations and categories."
    )


def _visible(root: Path, pattern: str) -> list[Path]:
    return sorted(
        path for path in root.glob(pattern) if not path.name.startswith(".") and path.is_file()
    )


def _without_copies(documents: dict[Path, Any]) -> dict[Path, Any]:
    """Leaves out the copies that the common format keeps of its files under a second name."""
    originals = {
        path.with_name(other_name(split)): path.with_name(f"{split}.json")
        for path in documents
        for split in SPLITS
    }
    return {
        path: document
        for path, document in documents.items()
        if path not in originals or documents.get(originals[path]) != document
    }


def _find_images(
    listed: list[CocoImage], file: Path, tree: ImageTree, images: dict[Path, _Image]
) -> set[Path]:
    """Adds the images of a file; returns those that it may mean, but not for certain."""
    unclear: set[str] = set()
    split = split_named(file.stem)
    if split is None and tree.parents(file):
        split = split_named(file.parent.name)
    for item in listed:
        try:
            path, parts = tree.find(item.name, file.parent, split)
        except RejectedImageError as error:
            plain = item.name.isprintable() and len(item.name) < _LONGEST_NAME
            name = item.name if plain else quoted(item.name)
            detail = f"{tree.below(file)}: {error.detail}"
            tree.audit.add(error.kind, name, detail, "image skipped")
            unclear.add(item.name)
            continue
        image = images.setdefault(path, _Image(parts))
        image.listings.append((tree.below(file), item))
        image.splits |= {split} if split else set()
    return tree.named(unclear)


def _join_listings(image: _Image, path: Path, tree: ImageTree) -> None:
    """Keeps equal annotations of several listings once, and the image in one split."""
    if len(image.listings) > 1:
        total = sum(len(listed.annotations) for _, listed in image.listings)
        seen: set[str] = set()
        for _, listed in image.listings:
            new = {item.content: item for item in listed.annotations if item.content not in seen}
            seen |= new.keys()
            listed.annotations = list(new.values())
        files = ", ".join(dict.fromkeys(file for file, _ in image.listings))
        detail = f"{len(image.listings)} times, in {files}, with {total} annotations in all"
        tree.add("image-listed-twice", path, detail, f"{len(seen)} different ones kept")
    if len(image.splits) > 1:
        # In train it would be memorised; the test split must not hold what was learned.
        *others, kept = sorted(image.splits, key=SPLITS.index)
        detail = f"the source has it in {' and '.join([*others, kept])}"
        tree.add("image-in-two-splits", path, detail, f"kept in {kept} alone")
        image.splits = {kept}


def _common_label_kind(root: Path, documents: Iterable[Any]) -> LabelKind | None:
    """Returns the label kind of a data set in the common format; ``None`` of any other source."""
    infos = [document.get("info") for document in documents]
    if not all(isinstance(info, dict) and info.get("description") == DESCRIPTION for info in infos):
        return None
    try:
        return Dataset.open(root).label_kind
    except InputError:
        return None


def _labels(listings: _Listings, canvas: Canvas) -> Labels:
    for file, listed in listings:
        canvas.check_size(listed.height, listed.width, file)
    annotations = [(file, item) for file, listed in listings for item in listed.annotations]
    return read_labels(annotations, canvas)
