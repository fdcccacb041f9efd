"""The common format as it is written: COCO made strict. ``dataset`` reads it."""

import hashlib
import json
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
from auxnet_cli.data.placing import place
from auxnet_cli.system.files import sha256, write_text, write_yaml


@dataclass(frozen=True)
class Entry:
    """One image of a data set.

    Attributes:
        name: path below ``images/``, with forward slashes.
        file: path below the source.
        height, width: pixels.
        sha256: of the file's bytes.
        defects: class and shape of each connected defect; none on a good part.
        given: the split that the source gives; ``None`` where it gives none.
        highest: the highest sample of an image of 16 bits; 0 of one of 8.
        thumbnail: what the image looks like, with the samples of its file.
        group: the name of the first image of those that show the same part or look alike; ``None``
            where the image is by itself.
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
    head: Mapping[str, Any],
    recipe: Mapping[str, Any],
    images: str | None = None,
) -> dict[str, Any]:
    """Write the annotations of one way to split the images, and the ``dataset.yaml`` beside them.

    Args:
        folder: where to.
        entries: the images.
        splits: the split of each.
        head: ``name``, ``kind``, ``classes``, ``label_kind``; ``bits`` of 16-bit images.
        recipe: how it was split.
        images: where the images lie, seen from ``folder``, if not in its ``images/``.

    Returns:
        The content of ``dataset.yaml``.
    """
    classes = head["classes"]
    write_annotations(folder / "annotations", entries, splits, classes)
    if images is None:  # other programs look for images below the same folder
        _name_for_others(folder / "annotations")
    document = {
        **head,
        "counts": count(entries, splits, classes),
        "split": dict(recipe),
        "tool_version": __version__,
        "fingerprint": fingerprint(folder / "annotations", classes),
    }
    if images is not None:
        document["images"] = images
    write_yaml(folder / "dataset.yaml", document)
    return document


def write_annotations(
    folder: Path, entries: Sequence[Entry], splits: Sequence[str], classes: Sequence[str]
) -> None:
    """Write ``train.json``, ``val.json`` and ``test.json``: the same input gives the same bytes.

    Ids count from 1 over all splits, so that the files can be joined.
    """
    documents: dict[str, dict[str, Any]] = {split: _empty(classes) for split in SPLITS}
    numbers = {name: number for number, name in enumerate(classes, start=1)}
    next_id = 1
    for image_id, (entry, split) in enumerate(zip(entries, splits, strict=True), start=1):
        documents[split]["images"].append(
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
            documents[split]["annotations"].append(
                {
                    "id": next_id,
                    "image_id": image_id,
                    "category_id": numbers[name],
                    "segmentation": instance.rle or [],
                    "area": instance.area,
                    "bbox": list(instance.box),
                    "iscrowd": 0,
                }
            )
            next_id += 1
    for split, document in documents.items():
        write_text(folder / f"{split}.json", _as_lines(document))


def other_name(split: str) -> str:
    """The name under which CVAT, Datumaro and FiftyOne look for the annotations of a split."""
    return f"instances_{split}.json"


def _name_for_others(folder: Path) -> None:
    """Give the files their second name: hard-linked where the disk can, else copied."""
    for split in SPLITS:
        place(folder / f"{split}.json", folder / other_name(split))


def _as_lines(document: Mapping[str, Any]) -> str:
    """JSON with a line for each image and each annotation: to read, and quick to write."""
    fields = []
    for name, value in document.items():
        if isinstance(value, list) and value:
            text = "[\n" + ",\n".join(map(_json, value)) + "\n]"
        else:
            text = _json(value)
        fields.append(f"{_json(name)}: {text}")
    return "{\n" + ",\n".join(fields) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def fingerprint(folder: Path, classes: Sequence[str]) -> str:
    """SHA-256 over the classes and the annotation files, which hold the images' own SHA-256."""
    parts = [*classes, *(sha256(folder / f"{split}.json") for split in SPLITS)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def count(
    entries: Sequence[Entry], splits: Sequence[str], classes: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Images of each split: all, good, defective, and by class."""
    counts: dict[str, dict[str, Any]] = {}
    for split in SPLITS:
        own = [entry for entry, place in zip(entries, splits, strict=True) if place == split]
        good = sum(not entry.defects for entry in own)
        shown = Counter(name for entry in own for name in entry.classes)
        counts[split] = {
            "images": len(own),
            "good": good,
            "defective": len(own) - good,
            "classes": {name: shown[name] for name in classes},
        }
    return counts


def _empty(classes: Sequence[str]) -> dict[str, Any]:
    return {
        "info": {"description": "auxnet common format", "version": "1"},
        "licenses": [],
        "images": [],
        "categories": [
            {"id": number, "name": name} for number, name in enumerate(classes, start=1)
        ],
        "annotations": [],
    }
