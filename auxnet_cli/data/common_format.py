"""Writes the common format, which is strict COCO; ``dataset`` reads it."""

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auxnet_cli import __version__
from auxnet_cli.data.dataset import SPLITS
from auxnet_cli.data.images.image_file import Stored
from auxnet_cli.data.images.resize import blank_thumbnail
from auxnet_cli.data.labels.instances import Instance
from auxnet_cli.documents.dataset_card import DatasetCard, DatasetHead, SplitCounts, SplitRecipe
from auxnet_cli.system.files import sha256, write_text, write_yaml

DESCRIPTION = "auxnet common format"
"""By this the files of the common format are told from other COCO files."""


@dataclass(frozen=True)
class Entry:
    """One image of a data set.

    Attributes:
        name: path below ``images/``, with forward slashes.
        file: path below the source.
        height, width: pixels.
        sha256: of the file's bytes.
        defects: class and shape of each connected defect; none on a good part.
        given: the split that the source gives; ``None`` if it gives none.
        highest: the highest sample of an image of 16 bits; 0 for 8 bits.
        thumbnail: a small picture of the image, with the sample depth of its file.
        group: the name of the first image of those that show the same part or look alike; ``None``
            if there is no other.
    """

    name: str
    file: str
    height: int
    width: int
    sha256: str
    defects: tuple[tuple[str, Instance], ...]
    given: str | None = None
    highest: int = 0
    thumbnail: Stored = field(default_factory=blank_thumbnail, compare=False, repr=False)
    group: str | None = None

    @property
    def classes(self) -> frozenset[str]:
        """The classes on the image."""
        return frozenset(name for name, _ in self.defects)


def write_dataset(
    folder: Path,
    entries: Sequence[Entry],
    splits: Sequence[str],
    head: DatasetHead,
    recipe: SplitRecipe | dict[str, Any],
    images: str | None = None,
) -> DatasetCard:
    """Writes the annotations of one way to split the images, and ``dataset.yaml``.

    ``images`` is given for a fold: the folder of the images, relative to ``folder``.
    """
    annotations = folder / "annotations"
    write_annotations(annotations, entries, splits, head.classes)
    if images is None:  # other programs look for the images below the same folder
        for split in SPLITS:
            link_or_copy(annotations / f"{split}.json", annotations / other_name(split))
    optional: dict[str, Any] = {} if images is None else {"images": images}
    card = DatasetCard(
        **head.document(),
        counts=count(entries, splits, head.classes),
        split=recipe,
        tool_version=__version__,
        fingerprint=fingerprint(annotations, head.classes),
        **optional,
    )
    write_yaml(folder / "dataset.yaml", card.document())
    return card


def write_annotations(
    folder: Path, entries: Sequence[Entry], splits: Sequence[str], classes: Sequence[str]
) -> None:
    """Writes ``train.json``, ``val.json`` and ``test.json``: the same input gives the same bytes.

    Ids count from 1 over all splits, so that the files can be joined.
    """
    images: dict[str, list[dict[str, object]]] = {split: [] for split in SPLITS}
    annotations: dict[str, list[dict[str, object]]] = {split: [] for split in SPLITS}
    category_ids = {name: number for number, name in enumerate(classes, start=1)}
    categories = [{"id": number, "name": name} for name, number in category_ids.items()]
    next_id = 1
    for image_id, (entry, split) in enumerate(zip(entries, splits, strict=True), start=1):
        images[split].append(
            {
                "id": image_id,
                "file_name": entry.name,
                "width": entry.width,
                "height": entry.height,
                "sha256": entry.sha256,
                **({"group": entry.group} if entry.group is not None else {}),
            }
        )
        for name, instance in entry.defects:
            annotations[split].append(
                {
                    "id": next_id,
                    "image_id": image_id,
                    "category_id": category_ids[name],
                    "segmentation": instance.rle or [],
                    "area": instance.area,
                    "bbox": list(instance.box),
                    "iscrowd": 0,
                }
            )
            next_id += 1
    for split in SPLITS:
        document = {
            "info": {"description": DESCRIPTION, "version": "1"},
            "licenses": [],
            "images": images[split],
            "categories": categories,
            "annotations": annotations[split],
        }
        write_text(folder / f"{split}.json", _as_lines(document))


def other_name(split: str) -> str:
    """Returns the name of a split's annotations that CVAT, Datumaro and FiftyOne look for."""
    return f"instances_{split}.json"


def fingerprint(folder: Path, classes: Sequence[str]) -> str:
    """Returns the SHA-256 of the classes and annotation files, which hold the images' SHA-256."""
    parts = [*classes, *(sha256(folder / f"{split}.json") for split in SPLITS)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def count(
    entries: Sequence[Entry], splits: Sequence[str], classes: Sequence[str]
) -> dict[str, SplitCounts]:
    """Counts the images of each split."""
    counts = {}
    for split in SPLITS:
        chosen = [entry for entry, name in zip(entries, splits, strict=True) if name == split]
        good = sum(not entry.defects for entry in chosen)
        shown = Counter(name for entry in chosen for name in entry.classes)
        counts[split] = SplitCounts(
            images=len(chosen),
            good=good,
            defective=len(chosen) - good,
            classes={name: shown[name] for name in classes},
        )
    return counts


def link_or_copy(content: Path | bytes, target: Path) -> None:
    """Hard-links a file to ``target`` if the disk can, else copies it; bytes are written.

    Raises:
        OSError: the disk refuses.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        target.write_bytes(content)
        return
    try:
        os.link(content.resolve(), target)  # resolved, or the new link would lead to a link
    except OSError:
        shutil.copyfile(content, target)


def _as_lines(document: Mapping[str, object]) -> str:
    """Returns JSON with a line for each image and each annotation: readable and quick to write."""
    fields = []
    for name, value in document.items():
        if isinstance(value, list) and value:
            text = "[\n" + ",\n".join(map(_json, value)) + "\n]"
        else:
            text = _json(value)
        fields.append(f"{_json(name)}: {text}")
    return "{\n" + ",\n".join(fields) + "\n}\n"


def _json(value: object) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False)
