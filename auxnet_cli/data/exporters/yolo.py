"""YOLO as Ultralytics reads it: ``data.yaml``, ``images/<split>`` and ``labels/<split>``.

A mask becomes the polygon along its pixels' edges, which gives back every pixel to a reader that
takes pixels by their centre, as ours does. Programs that also draw the polygon's line find defects
half a pixel wider. An empty label file means a good part.
"""

from collections.abc import Sequence
from pathlib import Path

from numpy import format_float_positional

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Annotation, Dataset, Record
from auxnet_cli.data.exporters.naming import flat_names
from auxnet_cli.data.exporters.progress import each
from auxnet_cli.data.labels.polygons import outline
from auxnet_cli.data.labels.rle import decode
from auxnet_cli.data.record_image import copy_record
from auxnet_cli.system.files import write_text, write_yaml


def write(dataset: Dataset, folder: Path, audit: Audit) -> None:
    """Write the data set below ``folder``; only names of images may have to change.

    Raises:
        InputError: a file of the data set is missing or damaged.
        OSError: the disk refuses.
    """
    splits = {split: dataset.split(split) for split in SPLITS}
    names = flat_names([record for own in splits.values() for record in own], audit)
    for split, records in splits.items():
        for record in each(records, split):
            name = Path(names[record.id])
            copy_record(record, folder / "images" / split / name)
            lines = [
                label_line(annotation.label, _values(annotation, record), record)
                for annotation in record.annotations
            ]
            write_text(folder / "labels" / split / f"{name.stem}.txt", "".join(lines))
    document = {split: f"images/{split}" for split, records in splits.items() if records}
    write_yaml(folder / "data.yaml", document | {"names": dict(enumerate(dataset.classes))})


def centred(box: tuple[float, float, float, float]) -> list[float]:
    """A box, x, y, width and height of which x and y become those of its centre."""
    x, y, width, height = box
    return [x + width / 2, y + height / 2, width, height]


def label_line(label: int, values: Sequence[float], record: Record) -> str:
    """A label: its number, and x and y in turn, in pixels, as parts of the image's sides."""
    sides = record.width, record.height
    parts = [value / sides[place % 2] for place, value in enumerate(values)]
    # Not 1e-05, which some readers do not take for a number.
    texts = [format_float_positional(part, 9, False, False, "-") for part in parts]
    return " ".join([str(label), *texts]) + "\n"


def _values(annotation: Annotation, record: Record) -> list[float]:
    if (
        annotation.rle is None
        or not (mask := decode(annotation.rle, record.height, record.width)).any()
    ):
        return centred(annotation.box)
    values: list[float] = outline(mask).ravel().tolist()
    return values
