"""The common format → somebody else's."""

from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.dataset import SPLITS, Dataset, Record
from auxnet_cli.data.exporters import WRITERS
from auxnet_cli.errors import InputError, nearest
from auxnet_cli.reports.audit.files import write_findings
from auxnet_cli.system.files import check_folder, whole_folder
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.system.values import quoted
from auxnet_cli.workspace import find_dataset


def convert(data: StrPath, to: str, *, out: StrPath | None = None) -> dict[str, Any]:
    """Write a prepared data set in another format; images are copied, since others may edit them.

    Args:
        data: its folder, or its name below ``./data``.
        to: ``coco``, ``labelme``, ``voc``, ``yolo``, ``yolo-boxes`` or ``severstal``.
        out: the folder to write, ``./<name>-<format>`` by default. It must not hold anything.

    Returns:
        ``data``, ``format``, ``out``, ``images`` and ``annotations`` (numbers of the data set),
        ``audit`` (findings by kind: what the format cannot express) and ``findings`` (a few of
        each). Where there are findings they are in ``audit.md`` and ``audit.json``, too.

    Raises:
        InputError: there is no such data set or format, or ``out`` holds something.
        OSError: the disk refuses.
    """
    if to not in WRITERS:
        raise InputError(
            f"Cannot write '{to}'.{nearest(to, list(WRITERS))} "
            f"Formats that can be written: {', '.join(WRITERS)}."
        )
    root = find_dataset(as_path(data))
    dataset = Dataset.open(root)
    records = [record for split in SPLITS for record in dataset.split(split)]
    _check_images(dataset, records)
    out = as_path(out) or Path(f"{root.resolve().name}-{to}")
    _check_target(out, root)
    audit = Audit()
    with whole_folder(out) as folder:
        import_module(WRITERS[to]).write(dataset, folder, audit)
        if audit.findings:
            write_findings(folder, audit)
    return {
        "data": str(root),
        "format": to,
        "out": str(out),
        "images": len(records),
        "annotations": sum(len(record.annotations) for record in records),
        "audit": audit.counts(),
        "findings": [finding.model_dump() for finding in audit.examples()],
    }


def _check_images(dataset: Dataset, records: list[Record]) -> None:
    """Refuse images of one id or name in two splits, which would be written over one another."""
    for what, values in (
        ("id", [record.id for record in records]),
        ("name", [record.name for record in records]),
    ):
        twice = [value for value, number in Counter(values).items() if number > 1]
        if twice:
            raise InputError(
                f"{dataset.root} has the image {what} {quoted(twice[0])} in two splits: prepare "
                "the data set again."
            )


def _check_target(out: Path, data: Path) -> None:
    check_folder(out)
    if out.is_dir() and any(out.iterdir()):
        raise InputError(f"{out} is there and not empty: name another folder with --out.")
    if out.resolve().is_relative_to(data.resolve()):
        raise InputError(f"{out} lies in the data set itself: name another folder with --out.")
