"""Writes the Kaggle Severstal layout: ``train.csv`` and ``train_images/``.

The table has the columns ``ImageId,ClassId,EncodedPixels`` and a row for each class on an image. An
image without a row is a good part. Classes are 1 to 4. The layout has no place for boxes without
masks, nor for a split.
"""

import csv
import io
from itertools import chain
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.data.exporters.images import flat_names, read_splits, with_progress
from auxnet_cli.data.labels.run_lengths import decode_union, to_severstal
from auxnet_cli.data.record_image import copy_record
from auxnet_cli.data.sources.severstal import CLASSES
from auxnet_cli.errors import InputError
from auxnet_cli.system.files import write_text


def write(dataset: Dataset, folder: Path, audit: Audit) -> None:
    """Writes the data set below ``folder``, images in the order of their names.

    An image with a defect of which only the box is known is left out: without a row for it, the
    image would read as free of that class.

    Raises:
        InputError: there are more than four classes, or a file of the data set is damaged.
        OSError: the disk refuses.
    """
    numbers = _numbers(dataset, audit)
    splits = read_splits(dataset)
    names = flat_names(splits, audit)
    detail = "train.csv has no column for train, val and test"
    audit.add("split-not-written", "", detail, "all images written to train_images")
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["ImageId", "ClassId", "EncodedPixels"])
    records = sorted(chain(*splits.values()), key=lambda record: names[record.id])
    for record in with_progress(records):
        bare = sum(annotation.rle is None for annotation in record.annotations)
        if bare:
            detail = f"{bare} of its defects have a box, but no mask"
            audit.add("box-without-mask", record.name, detail, "image left out")
            continue
        copy_record(record, folder / "train_images" / names[record.id])
        for label in sorted(record.labels, key=lambda label: numbers[label]):
            rles = [defect.rle for defect in record.annotations if defect.label == label]
            mask = decode_union(rles, record.height, record.width)
            table.writerow([names[record.id], numbers[label], to_severstal(mask)])
    write_text(folder / "train.csv", text.getvalue())


def _numbers(dataset: Dataset, audit: Audit) -> list[str]:
    """Returns each class's number: its name where all are 1 to 4, else its position."""
    if set(dataset.classes) <= set(CLASSES):
        return list(dataset.classes)
    if len(dataset.classes) > len(CLASSES):
        raise InputError(
            f"{dataset.root} has {len(dataset.classes)} classes, but Severstal's table takes "
            f"{len(CLASSES)}: convert it to another format."
        )
    for number, name in enumerate(dataset.classes, start=1):
        audit.add("renamed-class", "", f"the table numbers its classes, and {name}", f"is {number}")
    return list(CLASSES[: len(dataset.classes)])
