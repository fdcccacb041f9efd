"""Reads the Kaggle Severstal layout: ``train_images/`` and ``train.csv`` with run lengths.

In the style ``ImageId,ClassId,EncodedPixels`` an image without any row is a good part; in the older
style ``ImageId_ClassId,EncodedPixels``, with four rows an image, it was never labelled. A fault of
the CSV stops the work, since a table that is wrong in one row is not to be trusted in the next.
"""

import csv
from functools import partial
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.images.formats import is_image_name
from auxnet_cli.data.labels.run_lengths import MAX_LETTERS, Runs, fill, parse_runs
from auxnet_cli.data.sources.files.source_folder import SourceFolder
from auxnet_cli.data.sources.source import Canvas, Labels, Request, Source
from auxnet_cli.errors import InputError
from auxnet_cli.system.containment import check_inside
from auxnet_cli.system.values import quoted

DEFAULT_SOURCE = Path("severstal-steel-defect-detection")
CLASSES = ("1", "2", "3", "4")

_STYLES = (["ImageId", "ClassId", "EncodedPixels"], ["ImageId_ClassId", "EncodedPixels"])

_Rows = dict[str, tuple[int, Runs]]
"""The rows of one image: line number and runs by class."""


def read(request: Request, audit: Audit) -> Source:
    """Opens the source; the whole CSV is checked before the first image is read.

    Raises:
        InputError: the folder, ``train.csv`` or ``train_images`` is missing, or the CSV is wrong; a
            fault names file, line and field.
    """
    if request.folder is None and not DEFAULT_SOURCE.is_dir():
        raise InputError(
            f"There is no folder {DEFAULT_SOURCE} here: get it from Kaggle's competition of that "
            "name, or name another with `auxnet prepare severstal DIR`."
        )
    folder = SourceFolder.open(request.folder or DEFAULT_SOURCE, "severstal", audit)
    table, images = folder.root / "train.csv", folder.root / "train_images"
    if not images.is_dir():
        raise InputError(
            f"{folder.root} holds no train_images folder: name the folder Kaggle's file gave."
        )
    check_inside(images, folder.root)
    check_inside(table, folder.root)
    rows, older = _read_table(table)
    paths = sorted((path for path in images.iterdir() if is_image_name(path)), key=lambda p: p.name)
    paths = [path for path in paths if folder.is_usable(path)]
    names = {path.name for path in paths}
    for name in sorted(rows.keys() - names):
        lines = ", ".join(str(line) for line, _ in rows[name].values())
        detail = f"lines {lines} of train.csv name it, but it is not in train_images"
        audit.add("row-without-image", name, detail, "rows skipped")
    if older:
        for path in (path for path in paths if path.name not in rows):
            detail = "no row in train.csv, which has four for every labelled image"
            folder.add("image-without-row", path, detail, "image skipped")
        paths = [path for path in paths if path.name in rows]
    items = [
        folder.image(path, partial(_labels, rows.get(path.name, {}), table), path.name)
        for path in paths
    ]
    return Source(folder.root, CLASSES, items, len(items), "multi-label", keeps_unseen=True)


def _labels(rows: _Rows, table: Path, canvas: Canvas) -> Labels:
    labels = []
    for name, (line, runs) in rows.items():
        if len(runs):
            try:
                labels.append((name, fill(runs, *canvas.size)))
            except ValueError as error:
                raise _fault(table, line, "EncodedPixels", str(error)) from None
    return labels


def _read_table(table: Path) -> tuple[dict[str, _Rows], bool]:
    """Returns the rows by image, and whether the table is of the older style."""
    if not table.is_file():  # opening a pipe would wait for somebody to write into it
        raise InputError(f"There is no file {table}: it holds the labels.")
    limit = csv.field_size_limit(MAX_LETTERS)  # the csv module's default is 128 KiB
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
    for style in _STYLES:
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
        detail = f"class {quoted(label)} is none of {', '.join(CLASSES)}"
        raise _fault(table, line, class_field, detail)
    row = rows.setdefault(image, {})
    if label in row:
        detail = f"{quoted(image)} has class {label} already in line {row[label][0]}"
        raise _fault(table, line, class_field, detail)
    try:
        row[label] = line, parse_runs(values[columns[-1]])
    except ValueError as error:
        raise _fault(table, line, "EncodedPixels", str(error)) from None


def _fault(table: Path, line: int, field: str, detail: str) -> InputError:
    return InputError(f"{table}, line {line}, {field}: {detail}.")
