"""Writes a data set with part of the training images, for learning curves."""

import csv
import json
import shutil
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import yaml

from auxnet_cli.data.common_format import fingerprint, link_or_copy
from auxnet_cli.data.dataset import SPLITS, Dataset


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
    for record in dataset.split("train"):
        kinds[groups.get(record.name, record.name)] |= record.labels
    decks: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for group in sorted(kinds):
        decks[tuple(sorted(kinds[group]))].append(group)
    rng = np.random.default_rng(seed)
    chosen = {
        deck[index]
        for deck in decks.values()
        for index in rng.permutation(len(deck))[: max(1, round(fraction * len(deck)))]
    }
    (out / "annotations").mkdir(parents=True, exist_ok=True)
    for split in ("val", "test"):
        shutil.copy(dataset.annotation_file(split), out / "annotations")
    content = json.loads(dataset.annotation_file("train").read_text(encoding="utf-8"))
    content["images"] = [
        image
        for image in content["images"]
        if groups.get(image["file_name"], image["file_name"]) in chosen
    ]
    left = {image["id"] for image in content["images"]}
    content["annotations"] = [a for a in content["annotations"] if a["image_id"] in left]
    (out / "annotations" / "train.json").write_text(json.dumps(content), encoding="utf-8")
    document = yaml.safe_load((root / "dataset.yaml").read_text(encoding="utf-8"))
    document |= {"fingerprint": fingerprint(out / "annotations", dataset.classes)}
    document.pop("images", None)  # of a fold
    for split in SPLITS:
        for record in dataset.split(split):
            if split != "train" or record.id in left:
                link_or_copy(record.path, out / "images" / record.name)
    (out / "dataset.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
