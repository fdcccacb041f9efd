"""Writes YOLO as Ultralytics reads it: ``data.yaml``, ``images/<split>`` and ``labels/<split>``.

A mask becomes the polygon along its pixels' edges. A reader that takes pixels by their centre, as
auxnet's does, gets every pixel back. Programs that also draw the polygon's line get defects half a
pixel wider. An empty label file means a good part.
"""

from collections.abc import Sequence
from pathlib import Path

from numpy import format_float_positional

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import Annotation, Dataset, Record
from auxnet_cli.data.exporters.images import flat_names, read_splits, with_progress
from auxnet_cli.data.labels.outlines import Box
from auxnet_cli.data.labels.polygons import outline
from auxnet_cli.data.labels.run_lengths import decode
from auxnet_cli.data.record_image import copy_record
from auxnet_cli.system.files import write_text, write_yaml


def write(dataset: Dataset, folder: Path, audit: Audit) -> None:
    """Writes the data set below ``folder``; only names of images may have to change."""
    splits = read_splits(dataset)
    names = flat_names(splits, audit)
    for split, records in splits.items():
        for record in with_progress(records, split):
            name = Path(names[record.id])
            copy_record(record, folder / "images" / split / name)
            lines = [
                label_line(annotation.label, _polygon_or_box(annotation, record), record)
                for annotation in record.annotations
            ]
            write_text(folder / "labels" / split / f"{name.stem}.txt", "".join(lines))
    document = {split: f"images/{split}" for split, records in splits.items() if records}
    write_yaml(folder / "data.yaml", document | {"names": dict(enumerate(dataset.classes))})


def centred(box: Box) -> list[float]:
    """Returns a box by its centre: x, y, width and height."""
    x, y, width, height = box
    return [x + width / 2, y + height / 2, width, height]


def label_line(label: int, values: Sequence[float], record: Record) -> str:
    """Returns a line: the class's number, then x and y in turn, as parts of the image's sides."""
    sides = record.width, record.height
    parts = [value / sides[index % 2] for index, value in enumerate(values)]
    # Not 1e-05, which some readers do not take for a number.
    texts = [format_float_positional(part, 9, False, False, "-") for part in parts]
    return " ".join([str(label), *texts]) + "\n"


def _polygon_or_box(annotation: Annotation, record: Record) -> list[float]:
    if annotation.rle is not None:
        mask = decode(annotation.rle, record.height, record.width)
        if mask.any():
            polygon: list[float] = outline(mask).ravel().tolist()
            return polygon
    return centred(annotation.box)
