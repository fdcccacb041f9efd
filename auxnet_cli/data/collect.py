"""Reads the images of a source one by one, and puts the usable ones into the data set.

Threads decode a few images ahead. They keep a thumbnail and a few facts of each image, so that
memory stays bounded; labels are read, and findings made, in the order of the source.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.audit.statistics import TINY
from auxnet_cli.data.common_format import Entry, link_or_copy
from auxnet_cli.data.images.names import ImageNames
from auxnet_cli.data.images.reading import decode_stored, open_image, read_file
from auxnet_cli.data.images.resize import thumbnail
from auxnet_cli.data.images.traits import Traits, unusual_traits
from auxnet_cli.data.labels.instances import boxed, components
from auxnet_cli.data.sources.source import RejectedImageError, Source, SourceImage
from auxnet_cli.documents.dataset_card import MAX_CLASSES, MAX_NAME
from auxnet_cli.errors import InputError
from auxnet_cli.system.parallel import Room, in_order

_WORKERS = min(4, os.cpu_count() or 1)
_AHEAD = 2 * _WORKERS
# Pixels of all images that are decoded side by side; a larger image is decoded alone.
_ROOM = Room(100_000_000)


def collect(source: Source, images: Path, audit: Audit) -> tuple[list[Entry], set[str]]:
    """Reads the images, and puts the usable ones into the new folder ``images``.

    Returns:
        The usable images, and the paths below the source of the images that were skipped.

    Raises:
        InputError: no image is usable.
        OSError: the disk refuses.
    """
    entries: list[Entry] = []
    skipped: set[str] = set()
    names = ImageNames()
    order = {name: index for index, name in enumerate(source.classes)}
    images.mkdir()
    decoded = in_order(lambda item: (item, _decode(item)), source.images, _WORKERS, _AHEAD)
    with closing(decoded):
        for item, unlabelled in tqdm(
            decoded, "prepare", source.image_count, unit=" images", leave=False, disable=None
        ):
            entry = _labelled(item, unlabelled, order, audit)
            if entry is None:
                skipped.add(item.file)
            else:
                named = replace(entry, name=names.give(entry.name, entry.file, audit))
                link_or_copy(item.content, images / named.name)
                entries.append(named)
    if not entries:
        reasons = ", ".join(f"{number} {kind}" for kind, number in audit.counts().items())
        raise InputError(f"There is no usable image in the source ({reasons or 'it holds none'}).")
    return entries, skipped


def used_classes(
    classes: Sequence[str], entries: Sequence[Entry], unseen: bool, audit: Audit
) -> list[str]:
    """Returns the classes of the source that an image shows, or all if ``unseen``; in order.

    Raises:
        InputError: no image has a defect, there are too many classes, or a name is too long.
    """
    seen = frozenset[str]().union(*(entry.classes for entry in entries))
    if not seen:
        raise InputError(
            f"None of the {len(entries)} images holds a defect: there is nothing to learn. "
            "Check that the labels belong to these images."
        )
    used = [name for name in classes if unseen or name in seen]
    if len(used) > MAX_CLASSES:
        raise InputError(
            f"The source has {len(used):,} classes, more than the {MAX_CLASSES:,} that a data "
            "set may have: check what its categories are, and join them."
        )
    unfit = next((name for name in used if len(name) > MAX_NAME or not name.isprintable()), None)
    if unfit is not None:
        raise InputError(
            f"The class {unfit[:40]!a} has a name of {len(unfit):,} characters, but it must have "
            f"{MAX_NAME} at most, all of which can be printed: rename it in the source."
        )
    for name in classes:
        if name not in used:
            audit.add("class-without-defect", "", f"no usable image shows {name}", "class left out")
    return used


def _decode(item: SourceImage) -> tuple[Entry, Traits] | InputError:
    """Returns an image without its labels, or the reason why it cannot be read."""
    try:
        content = item.content if isinstance(item.content, bytes) else read_file(item.content)
        image = open_image(content, Path(item.file))
        with _ROOM.take(image.height * image.width):
            stored = decode_stored(image, Path(item.file))
            height, width, _ = stored.shape
            entry = Entry(
                item.name,
                item.file,
                height,
                width,
                hashlib.sha256(content).hexdigest(),
                (),
                item.split,
                int(stored.max()) if stored.dtype == np.uint16 else 0,
                thumbnail(stored),
            )
            return entry, unusual_traits(image, item.file)
    except InputError as error:
        return error


def _labelled(
    item: SourceImage,
    decoded: tuple[Entry, Traits] | InputError,
    order: Mapping[str, int],
    audit: Audit,
) -> Entry | None:
    """Returns an image with its defects in the order of classes, or ``None`` if it is skipped."""
    if isinstance(decoded, InputError):
        audit.add("unreadable-image", item.file, str(decoded), "image skipped")
        return None
    entry, traits = decoded
    for kind, detail, action in traits:
        audit.add(kind, item.file, detail, action)
    try:
        # One mask at a time: an image may have hundreds, each of the size of the image.
        labels = [
            (name, [boxed(shape)] if isinstance(shape, tuple) else components(shape))
            for name, shape in item.labels(entry.height, entry.width)
        ]
    except RejectedImageError as error:
        audit.add(error.kind, item.file, error.detail, "image skipped")
        return None
    labels.sort(key=lambda label: order[label[0]])
    defects = tuple((name, instance) for name, instances in labels for instance in instances)
    areas: dict[str, float] = {}
    for name, instance in defects:
        areas[name] = areas.get(name, 0) + instance.area
    for name, area in areas.items():
        if area <= TINY:
            audit.add("tiny-mask", item.file, f"{name} covers {area:g} px in all", "kept")
    return replace(entry, defects=defects)
