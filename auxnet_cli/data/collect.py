"""The images of a source, read one by one: the usable ones are laid into the data set.

Threads decode a few images ahead. They keep nothing of an image but its small :class:`Look`, so
that memory stays bounded; labels are read, and findings made, in the order of the source.
"""

import hashlib
import os
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import Entry
from auxnet_cli.data.images.image_file import Stored
from auxnet_cli.data.images.names import ImageNames
from auxnet_cli.data.images.reading import decode_stored, open_image, read_file
from auxnet_cli.data.images.resize import thumbnail
from auxnet_cli.data.images.traits import unusual_traits
from auxnet_cli.data.labels.instances import boxed, components
from auxnet_cli.data.placing import place
from auxnet_cli.data.sources.source import RejectedImageError, Source, SourceImage
from auxnet_cli.errors import InputError
from auxnet_cli.system.parallel import Room, in_order

_TINY = 3
_WORKERS = min(4, os.cpu_count() or 1)
_AHEAD = 2 * _WORKERS
# Pixels of all the images that are decoded side by side; a larger one is decoded alone.
_ROOM = Room(100_000_000)


@dataclass(frozen=True)
class Look:
    """What an image tells of itself.

    Attributes:
        height, width: pixels.
        sha256: of the file's bytes.
        traits: what is unusual in the file: kind of the finding, detail and action.
        highest: the highest sample of a file of 16 bits; 0 where it has 8.
        thumbnail: a small grey picture.
    """

    height: int
    width: int
    sha256: str
    traits: Sequence[tuple[str, str, str]]
    highest: int
    thumbnail: Stored


def collect(source: Source, images: Path, audit: Audit) -> tuple[list[Entry], set[str]]:
    """Read the images and lay the usable ones into the new folder ``images``.

    Returns:
        The usable images, and the paths below the source of those passed over.

    Raises:
        InputError: none is usable.
        OSError: the disk refuses.
    """
    entries: list[Entry] = []
    skipped: set[str] = set()
    names = ImageNames()
    places = {name: place for place, name in enumerate(source.classes)}
    images.mkdir()
    with closing(_looked_at(source.images)) as looked_at:
        for item, look in tqdm(
            looked_at, "prepare", source.image_count, unit=" images", leave=False, disable=None
        ):
            entry = _entry(item, look, places, audit)
            if entry is None:
                skipped.add(item.file)
            else:
                named = replace(entry, name=names.give(entry.name, entry.file, audit))
                place(item.content, images / named.name)
                entries.append(named)
    if not entries:
        reasons = ", ".join(f"{number} {kind}" for kind, number in audit.counts().items())
        raise InputError(f"There is no usable image in the source ({reasons or 'it holds none'}).")
    return entries, skipped


def _looked_at(
    items: Iterable[SourceImage],
) -> Generator[tuple[SourceImage, Look | InputError], None, None]:
    """Each image with its look, or with the reason why it cannot be read; in order."""
    return in_order(lambda item: (item, _look(item)), items, _WORKERS, _AHEAD)


def _look(item: SourceImage) -> Look | InputError:
    try:
        content = item.content if isinstance(item.content, bytes) else read_file(item.content)
        image = open_image(content, Path(item.file))
        with _ROOM.take(image.height * image.width):
            stored = decode_stored(image, Path(item.file))
            height, width, _ = stored.shape
            digest = hashlib.sha256(content).hexdigest()
            highest = int(stored.max()) if stored.dtype == np.uint16 else 0
            traits = unusual_traits(image, item.file)
            return Look(height, width, digest, traits, highest, thumbnail(stored))
    except InputError as error:
        return error


def _entry(
    item: SourceImage, look: Look | InputError, places: dict[str, int], audit: Audit
) -> Entry | None:
    """What is known of one image, or ``None`` where it is passed over.

    ``places`` has the place of each class in their order.
    """
    if isinstance(look, InputError):
        audit.add("unreadable-image", item.file, str(look), "image skipped")
        return None
    for kind, detail, action in look.traits:
        audit.add(kind, item.file, detail, action)
    try:
        # One mask at a time: an image may have hundreds, each of its size.
        labels = [
            (name, [boxed(shape)] if isinstance(shape, tuple) else components(shape))
            for name, shape in item.labels(look.height, look.width)
        ]
    except RejectedImageError as error:
        audit.add(error.kind, item.file, error.detail, "image skipped")
        return None
    labels.sort(key=lambda label: places[label[0]])
    defects = [(name, instance) for name, found in labels for instance in found]
    areas: dict[str, float] = {}
    for name, instance in defects:
        areas[name] = areas.get(name, 0) + instance.area
    for name, area in areas.items():
        if area <= _TINY:
            audit.add("tiny-mask", item.file, f"{name} covers {area:g} px in all", "kept")
    return Entry(
        item.name,
        item.file,
        look.height,
        look.width,
        look.sha256,
        tuple(defects),
        item.split,
        look.highest,
        look.thumbnail,
    )
