"""Writes YOLO as Darknet reads it (CVAT's YOLO 1.1): ``obj.data``, ``obj.names``, and boxes alone.

The images of a split lie in ``obj_<split>_data``, each with a text file beside it, and are listed
in ``<split>.txt``; Darknet calls val valid. An empty text file means a good part.
"""

from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import Dataset
from auxnet_cli.data.exporters.images import flat_names, read_splits, with_progress
from auxnet_cli.data.exporters.yolo import centred, label_line
from auxnet_cli.data.record_image import copy_record
from auxnet_cli.system.files import write_text

_SUBSETS = {"train": "train", "val": "valid", "test": "test"}


def write(dataset: Dataset, folder: Path, audit: Audit) -> None:
    """Writes the data set below ``folder``; masks become their boxes."""
    splits = read_splits(dataset)
    names = flat_names(splits, audit)
    masks = 0
    config = [f"classes = {len(dataset.classes)}"]
    for split, records in splits.items():
        subset, listed = _SUBSETS[split], ""
        for record in with_progress(records, split):
            image = f"obj_{subset}_data/{names[record.id]}"
            listed += f"{image}\n"
            copy_record(record, folder / image)
            lines = [label_line(box.label, centred(box.box), record) for box in record.annotations]
            write_text((folder / image).with_suffix(".txt"), "".join(lines))
            masks += sum(defect.rle is not None for defect in record.annotations)
        if listed:
            write_text(folder / f"{subset}.txt", listed)
            config.append(f"{subset} = {subset}.txt")
    if masks:
        audit.add("mask-as-box", "", f"{masks} defects have a mask", "their boxes written")
    write_text(folder / "obj.names", "".join(f"{name}\n" for name in dataset.classes))
    config += ["names = obj.names", "backup = backup/"]
    write_text(folder / "obj.data", "\n".join(config) + "\n")
