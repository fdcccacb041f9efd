"""Writes a prepared data set in another program's format."""

from collections import Counter
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset, Record
from auxnet_cli.data.exporters import find_exporter
from auxnet_cli.documents.prepared import Conversion
from auxnet_cli.errors import InputError
from auxnet_cli.reports.audit.files import write_findings
from auxnet_cli.system.files import check_folder, whole_folder
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.system.values import quoted
from auxnet_cli.workspace import find_dataset


def convert(data: StrPath, to: str, *, out: StrPath | None = None) -> Conversion:
    """Writes a prepared data set in another format; images are copied, since others may edit them.

    Args:
        data: the data set's folder, or its name below ``./data``.
        to: a format of ``data.exporters.EXPORTERS``, such as ``coco``.
        out: the folder to write, ``./<name>-<format>`` by default. It must not hold anything.

    Raises:
        InputError: there is no such data set or format, or ``out`` holds something.
        OSError: the disk refuses.
    """
    write = find_exporter(to)
    root = find_dataset(as_path(data))
    dataset = Dataset.open(root)
    records = [record for split in SPLITS for record in dataset.split(split)]
    _check_images(dataset, records)
    out = as_path(out) or Path(f"{root.resolve().name}-{to}")
    _check_target(out, root)
    audit = Audit()
    with whole_folder(out) as folder:
        write(dataset, folder, audit)
        if audit.findings:
            write_findings(folder, audit)
    return Conversion(
        data=str(root),
        format=to,
        out=str(out),
        images=len(records),
        annotations=sum(len(record.annotations) for record in records),
        audit=audit.counts(),
        findings=audit.examples(),
    )


def _check_images(dataset: Dataset, records: list[Record]) -> None:
    """Refuses images of one id or name in two splits, which would be written over one another."""
    for what, values in (
        ("id", [record.id for record in records]),
        ("name", [record.name for record in records]),
    ):
        repeated = [value for value, number in Counter(values).items() if number > 1]
        if repeated:
            raise InputError(
                f"{dataset.root} has the image {what} {quoted(repeated[0])} in two splits: prepare "
                "the data set again."
            )


def _check_target(out: Path, data: Path) -> None:
    check_folder(out)
    if out.is_dir() and any(out.iterdir()):
        raise InputError(f"{out} is there and not empty: name another folder with `out`.")
    if out.resolve().is_relative_to(data.resolve()):
        raise InputError(f"{out} lies in the data set itself: name another folder with `out`.")
