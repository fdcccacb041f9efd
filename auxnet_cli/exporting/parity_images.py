"""Chooses the images on which an exported network is compared with its original."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.data.images.reading import read_image
from auxnet_cli.data.record_image import read_record
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.inference.inputs import read_inputs
from auxnet_cli.workspace import DATA

MOST = 16
"""Images of a data set or a folder that are compared at most: each goes through both networks."""

NOISE = 4
"""Images that are made up where there is no data set."""

SPLITS = ("val", "test", "train")

Image = NDArray[np.uint8]
Item = TypeVar("Item")


@dataclass(frozen=True)
class ParityImages:
    """Images of a data set, image files, and made-up images (height, width, 3).

    ``source`` says where they come from, in words for the report.
    """

    source: str
    items: tuple[Record | Path | Image, ...]
    bits: int = 16

    def __iter__(self) -> Iterator[tuple[Image, Record | None]]:
        """Yields each readable image, (height, width, 3) uint8 RGB, and its record if it has one.

        An unreadable image is left out: the others are enough.
        """
        for item in self.items:
            try:
                if isinstance(item, Record):
                    yield read_record(item, self.bits), item
                elif isinstance(item, Path):
                    yield read_image(item, self.bits), None
                else:
                    yield item, None
            except (InputError, OSError):
                continue


def parity_images(run: Path, card: ModelCard, data: Path | None = None) -> ParityImages:
    """Returns images of ``data``, else of the model's own data set if it is there, else noise.

    ``data`` is another prepared data set, or images, which noise is added to.

    Raises:
        InputError: ``data`` holds no image, or is a data set of other classes.
    """
    dataset = dataset_of(run, card, data)
    if dataset is not None:
        try:
            images = _of_split(dataset, card.bits)
        except InputError:
            if data is not None:
                raise  # nobody named the model's own: there is noise
        else:
            if images.items or data is not None:
                return images
    if data is None:
        return ParityImages("noise", _noise(card.size))
    paths = spread(read_inputs([data]).paths, MOST)
    return ParityImages(f"{data} and noise", (*paths, *_noise(card.size)), card.bits)


def dataset_of(run: Path, card: ModelCard, data: Path | None) -> Dataset | None:
    """Opens the data set that is named, else the model's own; ``None`` if it is not there.

    The model's own is searched for in ``data/``, here and beside the run.

    Raises:
        InputError: the one that is named is damaged, or of other classes.
    """
    if data is None:
        name = card.dataset["name"]
        roots = (DATA / name, run.resolve().parents[1] / DATA / name)
    else:
        roots = (data, DATA / data)
    for root in roots:
        if not (root / "dataset.yaml").is_file():
            continue
        try:
            dataset = Dataset.open(root)
            card.require_classes(dataset.classes, dataset.root, run)
        except InputError:
            if data is not None:
                raise
        else:
            return dataset
    return None


def _of_split(dataset: Dataset, bits: int) -> ParityImages:
    """Returns images of the first split that has some."""
    for split in SPLITS:
        records = dataset.split(split)
        if records:
            break
    return ParityImages(f"split {split} of {dataset.name}", balanced(records, MOST), bits)


def balanced(records: Sequence[Record], most: int) -> tuple[Record, ...]:
    """Returns at most so many images, up to half of them with a defect; these first."""
    defective = [record for record in records if record.annotations]
    good = [record for record in records if not record.annotations]
    few = spread(good, max(most // 2, most - len(defective)))
    return (*spread(defective, most - len(few)), *few)


def spread(items: Sequence[Item], most: int) -> tuple[Item, ...]:
    """Returns at most so many items, evenly over all."""
    if len(items) <= most:
        return tuple(items)
    indices = np.linspace(0, len(items) - 1, most).round().astype(int)
    return tuple(items[index] for index in indices)


def _noise(size: tuple[int, int]) -> tuple[Image, ...]:
    """Makes up images, from even grey to pixels of any value."""
    rng = np.random.default_rng(0)
    middle, deviation = rng.uniform(60, 200, NOISE), np.linspace(0, 128, NOISE)
    return tuple(
        np.clip(rng.normal(m, d, (*size, 3)), 0, 255).astype(np.uint8)
        for m, d in zip(middle, deviation, strict=True)
    )
