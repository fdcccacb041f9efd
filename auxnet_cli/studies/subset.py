"""Writes data sets with part of the images of another: fewer to learn from, or a class unseen."""

import csv
import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
import yaml

from auxnet_cli.data.common_format import fingerprint, link_or_copy
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.documents.section import Entries
from auxnet_cli.errors import InputError


def read_groups(file: Path | None) -> dict[str, str]:
    """Reads the group of each image from the file that ``auxnet prepare --group-by`` takes.

    Returns:
        Group by image name; empty without a file.
    """
    if file is None:
        return {}
    with file.open(encoding="utf-8", newline="") as lines:
        return {row["file"]: row["group"] for row in csv.DictReader(lines)}


def write_subset(
    root: Path, fraction: float, seed: int, groups: Mapping[str, str], out: Path
) -> None:
    """Writes a data set with part of the training images of another, and its other splits.

    Groups stay whole. They are drawn separately for each set of classes that a group shows, at
    least one of each set, so that no class is lost. An image without a group is one of its own.
    """
    dataset = Dataset.open(root)
    kinds: dict[str, set[int]] = defaultdict(set)
    members: dict[str, list[str]] = defaultdict(list)
    for record in dataset.split("train"):
        group = groups.get(record.name, record.name)
        kinds[group] |= record.labels
        members[group].append(record.name)
    decks: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for group in sorted(kinds):
        decks[tuple(sorted(kinds[group]))].append(group)
    rng = np.random.default_rng(seed)
    chosen = {
        deck[index]
        for deck in decks.values()
        for index in rng.permutation(len(deck))[: max(1, round(fraction * len(deck)))]
    }
    contents = _contents(dataset)
    names = {name for group in chosen for name in members[group]}
    contents["train"] = _only(contents["train"], names)
    _write(root, dataset, contents, out)


def write_unseen(root: Path, name: str, groups: Mapping[str, str], out: Path) -> None:
    """Writes a data set in whose training one class is never seen, to be told from good parts.

    Training and validation lose every group that shows the class. All images of the class, and the
    good ones of the test split, are the test split.

    Raises:
        InputError: there is no such class.
    """
    dataset = Dataset.open(root)
    if name not in dataset.classes:
        raise InputError(f"There is no class '{name}'. Classes: {', '.join(dataset.classes)}.")
    label = dataset.classes.index(name)
    shown: set[str] = set()
    good: set[str] = set()
    for split in SPLITS:
        for record in dataset.split(split):
            if label in record.labels:
                shown.add(record.name)
            elif split == "test" and not record.annotations:
                good.add(record.name)
    touched = {groups.get(image, image) for image in shown}
    contents = _contents(dataset)
    # Ids are unique over all splits.
    parts = [_only(content, shown | good) for content in contents.values()]
    joined = {
        key: [each for part in parts for each in part[key]] for key in ("images", "annotations")
    }
    for split in ("train", "val"):
        names = {image["file_name"] for image in contents[split]["images"]}
        kept = {image for image in names if groups.get(image, image) not in touched}
        contents[split] = _only(contents[split], kept)
    contents["test"] |= joined
    _write(root, dataset, contents, out)


def _contents(dataset: Dataset) -> dict[str, Entries]:
    """Returns the annotations of each split as they are in their files."""
    return {
        split: json.loads(dataset.annotation_file(split).read_text(encoding="utf-8"))
        for split in SPLITS
    }


def _only(content: Entries, names: Collection[str]) -> Entries:
    """Keeps the images of these names, and their annotations."""
    images = [image for image in content["images"] if image["file_name"] in names]
    ids = {image["id"] for image in images}
    annotations = [each for each in content["annotations"] if each["image_id"] in ids]
    return {**content, "images": images, "annotations": annotations}


def _write(root: Path, dataset: Dataset, contents: Mapping[str, Entries], out: Path) -> None:
    """Writes a data set of these annotations with its images."""
    (out / "annotations").mkdir(parents=True, exist_ok=True)
    paths = {record.name: record.path for split in SPLITS for record in dataset.split(split)}
    for split, content in contents.items():
        file = out / "annotations" / f"{split}.json"
        file.write_text(json.dumps(content), encoding="utf-8")
        for image in content["images"]:
            link_or_copy(paths[image["file_name"]], out / "images" / image["file_name"])
    document = yaml.safe_load((root / "dataset.yaml").read_text(encoding="utf-8"))
    document |= {"fingerprint": fingerprint(out / "annotations", dataset.classes)}
    document.pop("images", None)  # of a fold
    (out / "dataset.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
