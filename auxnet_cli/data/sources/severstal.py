"""The Kaggle Severstal layout: ``train_images/`` and ``train.csv`` with run lengths.

Both column styles are read:

- ``ImageId,ClassId,EncodedPixels``: a row for each class on an image. An image without any row is a
  good part.
- ``ImageId_ClassId,EncodedPixels``, the older style: four rows an image, empty where the class is
  absent. An image without any row was never labelled: it is passed over and named in the audit.

Rows whose image is not on disk are passed over, each image named in the audit. Any other fault of
the CSV stops the work, since a table that is wrong in one row is not to be trusted in the next.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.formats import is_image_name
from auxnet_cli.data.labels.run_lengths import MAX_LETTERS, Runs, fill, parse_runs
from auxnet_cli.data.sources import Labels, Request, Source, SourceImage, existing_folder
from auxnet_cli.data.sources.files.source_files import is_usable
from auxnet_cli.errors import InputError
from auxnet_cli.system.containment import check_inside
from auxnet_cli.system.values import quoted

DEFAULT_SOURCE = Path("severstal-steel-defect-detection")
CLASSES = ("1", "2", "3", "4")


@dataclass
class _Rows:
    """What ``train.csv`` says of one image: its lines, and line number and runs of each class."""

    lines: list[int] = field(default_factory=list)
    runs: dict[str, tuple[int, Runs]] = field(default_factory=dict)


def read(request: Request, audit: Audit) -> Source:
    """Open the source; the whole CSV is checked before the first image is read.

    Raises:
        InputError: the folder, ``train.csv`` or ``train_images`` is missing, or the CSV is wrong; a
            fault names file, line and field.
    """
    if request.folder is None and not DEFAULT_SOURCE.is_dir():
        raise InputError(
            f"There is no folder {DEFAULT_SOURCE} here: get it from Kaggle's competition of that "
            "name, or name another with `auxnet prepare severstal DIR`."
        )
    folder = existing_folder(request.folder or DEFAULT_SOURCE, "severstal")
    table, images = folder / "train.csv", folder / "train_images"
    if not images.is_dir():
        raise InputError(
            f"{folder} holds no train_images folder: name the folder Kaggle's file gave."
        )
    check_inside(images, folder)
    check_inside(table, folder)
    rows, older = _read_table(table)
    found = sorted((path for path in images.iterdir() if is_image_name(path)), key=lambda p: p.name)
    found = [path for path in found if is_usable(path, folder, audit)]
    names = {path.name for path in found}
    for name in sorted(rows.keys() - names):
        lines = ", ".join(str(line) for line in rows[name].lines)
        detail = f"lines {lines} of train.csv name it, but it is not in train_images"
        audit.add("row-without-image", name, detail, "rows skipped")
    if older:
        for name in sorted(names - rows.keys()):
            detail = "no row in train.csv, which has four for every labelled image"
            audit.add("image-without-row", f"train_images/{name}", detail, "image skipped")
        found = [path for path in found if path.name in rows]
    return Source(folder, CLASSES, True, "multi-label", len(found), _images(found, rows, table))


def _images(paths: list[Path], rows: dict[str, _Rows], table: Path) -> Iterator[SourceImage]:
    for path in paths:
        own = rows.get(path.name, _Rows())

        def labels(height: int, width: int, own: _Rows = own) -> Labels:
            result = []
            for name, (line, runs) in own.runs.items():
                if not len(runs):
                    continue
                try:
                    result.append((name, fill(runs, height, width)))
                except ValueError as error:
                    raise _fault(table, line, "EncodedPixels", str(error)) from None
            return result

        yield SourceImage(path.name, f"train_images/{path.name}", path, labels)


def _read_table(table: Path) -> tuple[dict[str, _Rows], bool]:
    """The rows by image, and whether the table is of the older style."""
    if not table.is_file():  # opening a pipe would wait for somebody to write into it
        raise InputError(f"There is no file {table}: it holds the labels.")
    limit = csv.field_size_limit(MAX_LETTERS)  # of the csv module alone 128 KiB
    try:
        with table.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream)
            header = [name.strip() for name in next(reader, [])]
            columns = _columns(table, header)
            rows: dict[str, _Rows] = {}
            for values in reader:
                if any(values):
                    _add_row(rows, values, columns, table, reader.line_num)
            return rows, len(columns) == 2
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{table} is no CSV in UTF-8 ({error}).") from None
    finally:
        csv.field_size_limit(limit)


def _columns(table: Path, header: list[str]) -> list[int]:
    for style in (["ImageId", "ClassId", "EncodedPixels"], ["ImageId_ClassId", "EncodedPixels"]):
        if set(style) <= set(header):
            return [header.index(name) for name in style]
    raise InputError(
        f"{table}, line 1: the columns must be ImageId,ClassId,EncodedPixels or "
        f"ImageId_ClassId,EncodedPixels, not {quoted(','.join(header))}."
    )


def _add_row(
    rows: dict[str, _Rows], values: list[str], columns: list[int], table: Path, line: int
) -> None:
    if len(values) <= max(columns):
        raise _fault(table, line, "EncodedPixels", f"the row has only {len(values)} fields")
    if len(columns) == 3:
        image, label = (values[column].strip() for column in columns[:2])
        image_field, class_field = "ImageId", "ClassId"
    else:
        image, _, label = values[columns[0]].strip().rpartition("_")
        image_field = class_field = "ImageId_ClassId"
    if not image:
        raise _fault(table, line, image_field, "no image is named")
    if label not in CLASSES:
        raise _fault(
            table, line, class_field, f"class {quoted(label)} is none of {', '.join(CLASSES)}"
        )
    row = rows.setdefault(image, _Rows())
    if label in row.runs:
        raise _fault(
            table,
            line,
            class_field,
            f"{quoted(image)} has class {label} already in line {row.runs[label][0]}",
        )
    try:
        row.runs[label] = line, parse_runs(values[columns[-1]])
    except ValueError as error:
        raise _fault(table, line, "EncodedPixels", str(error)) from None
    row.lines.append(line)


def _fault(table: Path, line: int, field_name: str, what: str) -> InputError:
    return InputError(f"{table}, line {line}, {field_name}: {what}.")
