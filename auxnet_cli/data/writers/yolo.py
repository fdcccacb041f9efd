"""YOLO as Ultralytics reads it: ``data.yaml``, ``images/<split>`` and ``labels/<split>``.

A mask becomes the polygon along its pixels' edges, which gives back every pixel to a reader that
takes pixels by their centre, as ours does. Programs that also draw the polygon's line find defects
half a pixel wider. An empty label file means a good part.
"""

from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Annotation, Dataset, Record
from auxnet_cli.data.polygons import outline
from auxnet_cli.data.record_image import copy_record
from auxnet_cli.data.rle import decode
from auxnet_cli.data.writers.naming import flat_names
from auxnet_cli.data.writers.progress import each
from auxnet_cli.files import write_text, write_yaml


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
            lines = [_line(annotation, record) for annotation in record.annotations]
            write_text(folder / "labels" / split / f"{name.stem}.txt", "".join(lines))
    document = {split: f"images/{split}" for split, records in splits.items() if records}
    write_yaml(folder / "data.yaml", document | {"names": dict(enumerate(dataset.classes))})


def _line(annotation: Annotation, record: Record) -> str:
    if (
        annotation.rle is None
        or not (mask := decode(annotation.rle, record.height, record.width)).any()
    ):
        x, y, width, height = annotation.box
        values = [x + width / 2, y + height / 2, width, height]
    else:
        values = outline(mask).ravel().tolist()
    sides = record.width, record.height
    parts = [f"{value / sides[place % 2]:.9g}" for place, value in enumerate(values)]
    return " ".join([str(annotation.label), *parts]) + "\n"
