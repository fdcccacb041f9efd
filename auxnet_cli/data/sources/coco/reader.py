"""COCO instances: one or more JSON files, and images anywhere below the same folder.

- The JSON files lie in ``annotations/``, in the folder itself, or one folder deeper as
  ``train/_annotations.coco.json``; the first of these places that has any is taken. The source may
  also be one such file. Files of another kind beside them (captions) are passed over.
- A file or its folder that speaks of train, val(id) or test gives its images' split.
- Masks come from polygons and run lengths; an annotation without them gives a box.
- An image that is listed without annotation is a good part. Of an image that is annotated but whose
  annotations are all unusable nothing is known: it is passed over.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import other_name
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.sources import (
    Labels,
    RejectedImageError,
    Request,
    Source,
    SourceImage,
    existing_folder,
)
from auxnet_cli.data.sources.coco.file import CocoFile, Listed, is_coco, parse
from auxnet_cli.data.sources.coco.labels import read_labels
from auxnet_cli.data.sources.files.image_tree import ImageTree, short_names, split_named
from auxnet_cli.data.sources.files.source_files import is_usable, read_annotations
from auxnet_cli.data.sources.masks.pairing import below
from auxnet_cli.documents.dataset_card import LabelKind
from auxnet_cli.errors import InputError
from auxnet_cli.system.values import quoted

_LONG = 300


@dataclass
class _Image:
    """What all files together say of one image."""

    named: int
    splits: set[str] = field(default_factory=set)
    listings: list[tuple[str, Listed]] = field(default_factory=list)


def read(request: Request, audit: Audit) -> Source:
    """Open the source; every file is checked before the first image is read.

    Raises:
        InputError: there is no COCO file, or one is wrong; names file and field.
    """
    root, files = _files(request.folder, audit)
    classes = tuple(dict.fromkeys(name for file in files for name in file.classes))
    if not classes:
        raise InputError(f"{files[0].path} lists no categories: there is nothing to learn.")
    tree = ImageTree(root, audit)
    images: dict[Path, _Image] = {}
    unclear: set[Path] = set()
    for file in files:
        _note_oddities(file, root, audit)
        unclear |= _find_images(file, tree, images, audit)
    for path, image in images.items():
        _join_listings(image, below(path, root), audit)
    listed = "not listed in " + (files[0].path.name if len(files) == 1 else "any COCO file")
    good = tree.without_annotation(images, request.unlabelled, audit, listed, unclear)
    images |= {path: _Image(len(path.relative_to(root).parts)) for path in good}
    kind = _own_label_kind(root, files)
    return Source(
        root, classes, kind is not None, kind, len(images), _source_images(root, images, audit)
    )


def _files(source: Path | None, audit: Audit) -> tuple[Path, list[CocoFile]]:
    """The folder that holds everything, and its instance files."""
    if source is not None and source.is_file():
        document = read_annotations(source)
        if not is_coco(document):
            raise InputError(f"{source} is no COCO file: it lacks images, annotations, categories.")
        folder = Path(os.path.abspath(source)).parent  # noqa: PTH100 - resolve() follows links
        root = folder.parent if folder.name.lower() == "annotations" else folder
        return root, [parse(document, folder / source.name)]
    root = existing_folder(source, "coco")
    deeper = _visible(root.glob("*/*.json"))
    own = [path for path in deeper if path.parent.name.lower() == "annotations"]
    for place in (own, _visible(root.glob("*.json")), deeper):
        documents = {path: read_annotations(path) for path in place if is_usable(path, root, audit)}
        documents = _once(documents)
        files = [parse(document, path) for path, document in documents.items() if is_coco(document)]
        if files:
            for path in sorted(documents.keys() - {file.path for file in files}):
                detail = "it lacks images, annotations or categories"
                audit.add("json-of-another-kind", below(path, root), detail, "file skipped")
            return root, files
    raise InputError(
        f"{root} holds no COCO file: neither there nor in annotations/ is a JSON with images, "
        "annotations and categories."
    )


def _visible(paths: Iterable[Path]) -> list[Path]:
    return sorted(path for path in paths if not path.name.startswith(".") and path.is_file())


def _once(documents: dict[Path, Any]) -> dict[Path, Any]:
    """The documents without the second name that the common format gives to each of its files."""
    plain = {
        path.with_name(other_name(split)): path.with_name(f"{split}.json")
        for path in documents
        for split in SPLITS
    }
    return {
        path: document
        for path, document in documents.items()
        if path not in plain or documents.get(plain[path]) != document
    }


def _split_of(file: CocoFile, root: Path) -> str | None:
    folders = file.path.relative_to(root).parts[:-1]
    return split_named(file.path.stem) or (split_named(folders[-1]) if folders else None)


def _note_oddities(file: CocoFile, root: Path, audit: Audit) -> None:
    name = below(file.path, root)
    for label in file.repeated:
        detail = f"several categories are called {label}"
        audit.add("repeated-category", name, detail, "taken as one class")
    if file.twice:
        detail = f"{file.twice} annotations have the id of another one"
        audit.add("repeated-annotation-id", name, detail, "kept: nothing refers to it")
    if file.strays:
        number, ids = sum(file.strays.values()), ", ".join(list(file.strays)[:5])
        detail = f"{number} annotations are of images that are not listed, such as id {ids}"
        audit.add("annotation-without-image", name, detail, "annotations skipped")


def _find_images(
    file: CocoFile, tree: ImageTree, images: dict[Path, _Image], audit: Audit
) -> set[Path]:
    """Add the images of a file; gives those that it may mean, but not for sure."""
    unclear: set[str] = set()
    split = _split_of(file, tree.root)
    for listed in file.images:
        try:
            path, named = tree.find(listed.name, file.path.parent, split)
        except RejectedImageError as error:
            plain = listed.name.isprintable() and len(listed.name) < _LONG
            shown = listed.name if plain else quoted(listed.name)
            detail = f"{below(file.path, tree.root)}: {error.detail}"
            audit.add(error.kind, shown, detail, "image skipped")
            unclear.add(listed.name)
            continue
        image = images.setdefault(path, _Image(named))
        image.listings.append((below(file.path, tree.root), listed))
        if split:
            image.splits.add(split)
    return tree.named(unclear)


def _join_listings(image: _Image, file: str, audit: Audit) -> None:
    """Count once what several listings of one image say, and settle its split."""
    if len(image.listings) > 1:
        total = sum(len(listed.marked) for _, listed in image.listings)
        seen: set[str] = set()
        for _, listed in image.listings:
            different = {mark.key: mark for mark in listed.marked if mark.key not in seen}
            seen |= different.keys()
            listed.marked = list(different.values())
        places = ", ".join(dict.fromkeys(place for place, _ in image.listings))
        detail = f"{len(image.listings)} times, in {places}, with {total} annotations in all"
        audit.add("image-listed-twice", file, detail, f"{len(seen)} different ones kept")
    if len(image.splits) > 1:
        # In train it would be learned by heart; the test split must not hold what was learned.
        kept = max(image.splits, key=SPLITS.index)
        detail = f"the source has it in {' and '.join(sorted(image.splits, key=SPLITS.index))}"
        audit.add("image-in-two-splits", file, detail, f"kept in {kept} alone")
        image.splits = {kept}


def _own_label_kind(root: Path, files: list[CocoFile]) -> LabelKind | None:
    """The label kind of a data set in the common format; ``None`` of any other source."""
    if not all(file.own for file in files):
        return None
    try:
        return Dataset.open(root).label_kind
    except InputError:
        return None


def _source_images(root: Path, images: dict[Path, _Image], audit: Audit) -> Iterator[SourceImage]:
    names = short_names(root, {path: image.named for path, image in images.items()})
    for path in sorted(images, key=lambda path: names[path].split("/")):
        image, file = images[path], below(path, root)
        yield SourceImage(
            names[path],
            file,
            path,
            partial(_labels, image.listings, file, audit),
            next(iter(image.splits), None),
        )


def _labels(
    listings: list[tuple[str, Listed]], file: str, audit: Audit, height: int, width: int
) -> Labels:
    for place, listed in listings:
        told = (listed.height or height, listed.width or width)
        if told != (height, width):
            detail = f"the image has {width} x {height} pixels, {place} says {told[1]} x {told[0]}"
            raise RejectedImageError("size-conflict", detail)
    marked = [(place, mark) for place, listed in listings for mark in listed.marked]
    return read_labels(marked, height, width, file, audit)
