"""Writes a data set of procedural defects on the photographs of another one, to pretrain on.

It is written to disk in the common format and not drawn batch by batch, so that there is one kind
of training: the set has the same order, resumption, validation and scores as real data, and can be
looked at, audited and converted like any other.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from auxnet_cli import __version__
from auxnet_cli.data.audit import Audit
from auxnet_cli.data.audit.survey import survey
from auxnet_cli.data.collect import collect
from auxnet_cli.data.common_format import write_dataset
from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.data.images.reading import to_bytes
from auxnet_cli.data.samples.sample import Sample, read_sample
from auxnet_cli.data.samples.tiling import draw_window
from auxnet_cli.data.sources.source import Labels, Source, SourceImage
from auxnet_cli.data.synthetic.photographs import CLASSES, draw_defects
from auxnet_cli.documents.dataset_card import DatasetHead
from auxnet_cli.errors import AuxnetError, InputError
from auxnet_cli.reports.audit.files import write_audit
from auxnet_cli.reports.audit.pictures import Pictures
from auxnet_cli.settings import Settings, TileSettings
from auxnet_cli.system.files import whole_folder
from auxnet_cli.system.untrusted import read_yaml
from auxnet_cli.training.plan import training_records

FOLDER = "grown"
"""In the data set's own folder: there it is not taken for the newest data set, and goes with it."""

MIN_GOOD = 8
"""With fewer photos of good parts in a split, its defective ones are taken, too."""

HELD_OUT = 0.05
"""Share of the images that are drawn on photos of the validation split."""

Photos = Mapping[str, Sequence[Record]]
"""The photos of the training and of the validation split."""


def write_procedural_set(dataset: Dataset, settings: Settings, preset: str) -> dict[str, Any]:
    """Writes the set ``<dataset>/grown``, or keeps an earlier one that was made just so.

    The photos of the training split carry its training images, those of the validation split its
    validation images; it has no test split. Of the settings, which come from ``preset``, the images
    depend on ``seed``, ``data.size``, ``tile`` and ``pretraining.images``, the audit on more.

    Returns:
        The content of ``dataset.yaml``, with ``out``, the folder.

    Raises:
        InputError: the training split has no image, or the folder holds something else.
        AuxnetError: no photo of a split can be read.
        OSError: the disk refuses.
    """
    out = dataset.root / FOLDER
    training_records(dataset)
    photos = choose_photos(dataset)
    recipe: dict[str, object] = {
        "images": settings.pretraining.images,
        "size": list(settings.data.size),
        "tile": list(settings.tile.size) if settings.tile.size else None,
        "seed": settings.seed,
        "photos": {"of": dataset.name, "fingerprint": dataset.fingerprint},
    }
    document = _read_earlier(out)
    if (document.get("split"), document.get("tool_version")) != (recipe, __version__):
        with whole_folder(out) as folder:
            document = _write(folder, dataset, photos, recipe, settings, preset)
    return document | {"out": str(out)}


def choose_photos(dataset: Dataset) -> Photos:
    """Returns the good parts of each split, or all its photos where too few are good."""
    photos = {}
    for split in ("train", "val"):
        records = dataset.split(split)
        good = [record for record in records if not record.annotations]
        photos[split] = good if len(good) >= MIN_GOOD else records
    return photos


def procedural_images(
    dataset: Dataset, photos: Photos, settings: Settings
) -> Iterator[SourceImage]:
    """Yields images of the network's size with 0-4 defects each; of tiled images, random tiles.

    An image depends on its number, the seed and the photos alone. Photos are dealt like a deck of
    cards.

    Raises:
        AuxnetError: no photo of a split can be read.
    """
    images = settings.pretraining.images
    held_out = max(1, round(HELD_OUT * images)) if photos["val"] else 0
    for number in range(images):
        split = "train" if number < images - held_out else "val"
        sample = _draw(photos[split], number, len(dataset.classes), settings)
        name = f"{number:06d}.png"
        yield SourceImage(name, name, _png(sample), partial(_labels, sample), split)


def _draw(records: Sequence[Record], number: int, classes: int, settings: Settings) -> Sample:
    """Draws an image on the photo whose turn it is, or on the next one that can be read."""
    rng = np.random.default_rng((settings.seed, number))
    deal, card = divmod(number, len(records))
    deck = np.random.default_rng((settings.seed, deal, 1)).permutation(len(records))
    for step in range(len(records)):
        record = records[int(deck[(card + step) % len(records)])]
        window = draw_window(record.height, record.width, [], settings.tile, rng)
        try:
            return draw_defects(read_sample(record, classes, settings.data.size, window), rng)
        except InputError:
            continue  # an unreadable image is named where the data set itself is trained on
    raise AuxnetError("No image of the data set can be read: prepare the data again.")


def _png(sample: Sample) -> bytes:
    grey = (sample.image[..., :1] == sample.image).all()
    pixels = sample.image[..., 0] if grey else cv2.cvtColor(sample.image, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", pixels)[1].tobytes()


def _labels(sample: Sample, _height: int, _width: int) -> Labels:
    for label, name in enumerate(CLASSES):
        instances = sample.instances[..., label]
        for number in np.unique(instances[instances > 0]):
            yield name, instances == number


def _read_earlier(out: Path) -> dict[str, Any]:
    """Reads ``dataset.yaml`` of an earlier set; empty where there is none, or a damaged one."""
    path = out / "dataset.yaml"
    if not path.is_file():
        if out.exists():
            raise InputError(
                f"{out} holds something that is no data set, but pretraining writes one there: "
                "move it away."
            )
        return {}
    try:
        document = read_yaml(path)
    except InputError:
        return {}
    return document if isinstance(document, dict) else {}


def _write(
    folder: Path,
    dataset: Dataset,
    photos: Photos,
    recipe: dict[str, object],
    settings: Settings,
    preset: str,
) -> dict[str, Any]:
    """Draws the images into ``folder``, and writes their truth and audit beside them."""
    audit = Audit()
    images = procedural_images(dataset, photos, settings)
    count = settings.pretraining.images
    source = Source(None, CLASSES, images, count, "multi-label", keeps_unseen=True)
    entries, _ = collect(source, folder / "images", audit)
    head = DatasetHead(
        name=f"{dataset.name}-{FOLDER}",
        kind=FOLDER,
        classes=list(CLASSES),
        label_kind="multi-label",
    )
    splits = [entry.given or "train" for entry in entries]
    card = write_dataset(folder, entries, splits, head, recipe)
    # Tiles were drawn: each image is one.
    whole = settings.model_copy(update={"tile": TileSettings()})
    thumbnails = [to_bytes(entry.thumbnail, 8) for entry in entries]
    # Near-duplicates are not looked for: photos come again and again, as they are meant to.
    statistics = survey(entries, thumbnails, (), card, preset, whole, audit)
    pictures = Pictures(folder / "images", {entry.file: entry.name for entry in entries}, None, 8)
    write_audit(folder, card.name, statistics, whole, pictures)
    return card.document()
