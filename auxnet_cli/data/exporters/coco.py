"""Writes COCO instances: ``annotations/instances_<split>.json`` and ``images/``.

Masks stay compressed run lengths, so that nothing is lost; boxes without masks have an empty
segmentation. Image and annotation ids count over the three files.
"""

from itertools import count
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Annotation, Dataset, Record
from auxnet_cli.data.exporters.images import with_progress
from auxnet_cli.data.labels.run_lengths import coco_runs
from auxnet_cli.data.record_image import copy_record
from auxnet_cli.system.files import write_json


def write(dataset: Dataset, folder: Path, audit: Audit) -> None:
    """Writes the data set below ``folder``; COCO can express all of it."""
    ids = count(1)
    for split in SPLITS:
        records = dataset.split(split)
        for record in with_progress(records, split):
            copy_record(record, folder / "images" / record.name)
        document = {
            "info": {"description": dataset.name},
            "licenses": [],
            "images": [
                {
                    "id": record.id,
                    "file_name": record.name,
                    "width": record.width,
                    "height": record.height,
                }
                for record in records
            ],
            "categories": [
                {"id": number, "name": name} for number, name in enumerate(dataset.classes, 1)
            ],
            "annotations": [
                _annotation(annotation, next(ids), record)
                for record in records
                for annotation in record.annotations
            ],
        }
        write_json(folder / "annotations" / f"instances_{split}.json", document)


def _annotation(annotation: Annotation, number: int, record: Record) -> dict[str, object]:
    box, rle = annotation.box, annotation.rle
    area = int(coco_runs(rle, record.height, record.width)[:, 1].sum()) if rle else box[2] * box[3]
    return {
        "id": number,
        "image_id": record.id,
        "category_id": annotation.label + 1,
        "segmentation": rle or [],
        "area": float(area),
        "bbox": list(box),
        "iscrowd": 0,
    }
