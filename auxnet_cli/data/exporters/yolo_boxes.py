"""YOLO as Darknet reads it, CVAT calls it YOLO 1.1: ``obj.data``, ``obj.names``, and boxes alone.

The images of a split lie in ``obj_<split>_data``, each with a text file beside it, and are listed
in ``<split>.txt``; Darknet calls val valid. An empty text file means a good part.
"""

from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset
from auxnet_cli.data.exporters.naming import flat_names
from auxnet_cli.data.exporters.progress import each
from auxnet_cli.data.exporters.yolo import centred, label_line
from auxnet_cli.data.record_image import copy_record
from auxnet_cli.system.files import write_text

_SUBSETS = {"train": "train", "val": "valid", "test": "test"}


def write(dataset: Dataset, folder: Path, audit: Audit) -> None:
    """Write the data set below ``folder``; of a mask its box is left.

    Raises:
        InputError: a file of the data set is missing or damaged.
        OSError: the disk refuses.
    """
    splits = {split: dataset.split(split) for split in SPLITS}
    names = flat_names([record for own in splits.values() for record in own], audit)
    masks = 0
    config = [f"classes = {len(dataset.classes)}"]
    for split, records in splits.items():
        subset, listed = _SUBSETS[split], []
        for record in each(records, split):
            image = f"obj_{subset}_data/{names[record.id]}"
            listed.append(f"{image}\n")
            copy_record(record, folder / image)
            lines = [label_line(one.label, centred(one.box), record) for one in record.annotations]
            write_text((folder / image).with_suffix(".txt"), "".join(lines))
            masks += sum(one.rle is not None for one in record.annotations)
        if records:
            write_text(folder / f"{subset}.txt", "".join(listed))
            config.append(f"{subset} = {subset}.txt")
    if masks:
        audit.add("mask-as-box", "", f"{masks} defects have a mask", "their boxes written")
    write_text(folder / "obj.names", "".join(f"{name}\n" for name in dataset.classes))
    config += ["names = obj.names", "backup = backup/"]
    write_text(folder / "obj.data", "\n".join(config) + "\n")
