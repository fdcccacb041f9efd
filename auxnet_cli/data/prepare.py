"""Somebody's annotations → the common format."""

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

from tqdm import tqdm

from auxnet_cli import __version__
from auxnet_cli.data.audit import Audit
from auxnet_cli.data.common_format import Entry, count, fingerprint, write_annotations
from auxnet_cli.data.formats import RejectedImageError, Request, Source, SourceImage, open_source
from auxnet_cli.data.groups import Photo, group_images, read_groups
from auxnet_cli.data.images import decode_image, read_file
from auxnet_cli.data.rle import boxed, components
from auxnet_cli.data.split import check_fractions, split_images
from auxnet_cli.errors import InputError
from auxnet_cli.files import whole_folder, write_yaml
from auxnet_cli.layering import load_settings, preset_for
from auxnet_cli.workspace import DATA

_TINY = 3


def prepare(
    kind: str,
    source: Path | None = None,
    *,
    out: Path | None = None,
    val: float | None = None,
    test: float | None = None,
    seed: int = 0,
    group_by: Path | None = None,
    look: str = "strip",
    images: int = 300,
) -> dict[str, Any]:
    """Write a data set in the common format; the same source and seed give the same annotations.

    Args:
        kind: ``severstal``, ``masks`` or ``synthetic``.
        source: the folder to read; ``severstal`` has a default, ``synthetic`` takes none.
        out: the folder to write, ``data/<name>`` by default. A data set that is there is replaced.
        val: part of the images for validation, 0-1; by default the setting of the kind's preset.
        test: part of the images for testing, likewise.
        seed: of the split, and of a synthetic set.
        group_by: CSV ``file,group``; the images of a group stay in one split.
        look: what a synthetic set shows.
        images: how many images a synthetic set has.

    Returns:
        The content of ``dataset.yaml``, with ``out``, ``audit`` (findings by kind), ``findings`` (a
        few of each kind) and ``warnings``.

    Raises:
        InputError: the source or an argument is wrong, there is no usable image or no defect, or
            ``out`` holds something else.
        OSError: the disk refuses.
    """
    if seed < 0:
        raise InputError(f"seed is {seed}, but must not be negative.")
    audit = Audit()
    opened = open_source(kind, Request(source, look=look, images=images, seed=seed), audit)
    table = read_groups(group_by) if group_by else None
    settings = load_settings(preset_for(kind)).data
    val = settings.val if val is None else val
    test = settings.test if test is None else test
    check_fractions(val, test)
    out = out or DATA / _default_name(kind, source, look)
    _check_target(out, opened.root)
    with whole_folder(out) as folder:
        entries, skipped = _collect(opened, folder / "images", audit)
        classes = _classes(opened, entries, audit)
        photos = [Photo(entry.file, entry.name, entry.sha256) for entry in entries]
        groups = group_images(photos, table, skipped, audit)
        labels = [frozenset(classes.index(name) for name in entry.classes) for entry in entries]
        splits = split_images(labels, groups, val, test, seed)
        exclusive = all(len(entry.classes) < 2 for entry in entries)
        counts = count(entries, splits, classes)
        warnings = _warnings(counts, audit)
        write_annotations(folder / "annotations", entries, splits, classes)
        document = {
            "name": out.resolve().name,
            "kind": kind,
            "classes": classes,
            "label_kind": opened.label_kind or ("exclusive" if exclusive else "multi-label"),
            "counts": counts,
            "split": {
                "val": val,
                "test": test,
                "seed": seed,
                "group_by": group_by.name if group_by else None,
            },
            "tool_version": __version__,
            "fingerprint": fingerprint(folder / "annotations", classes),
        }
        audit.write(folder)
        write_yaml(folder / "dataset.yaml", document)
    few = [vars(finding) for name in audit.counts() for finding in audit.of(name)[:3]]
    return document | {
        "out": str(out),
        "audit": audit.counts(),
        "findings": few,
        "warnings": warnings,
    }


def _default_name(kind: str, source: Path | None, look: str) -> str:
    if kind == "synthetic":
        return f"synthetic-{look}"
    return kind if kind == "severstal" or source is None else source.resolve().name


def _check_target(out: Path, source: Path | None) -> None:
    """Refuse to replace anything but a data set, or to mix what is read with what is written."""
    if out.exists() and not out.is_dir():
        raise InputError(f"{out} is a file: name a folder with --out.")
    if out.is_dir() and any(out.iterdir()) and not (out / "dataset.yaml").is_file():
        raise InputError(
            f"{out} holds something that is no data set: name another folder with --out."
        )
    if source is not None:
        inner, outer = source.resolve(), out.resolve()
        if inner.is_relative_to(outer) or outer.is_relative_to(inner):
            raise InputError(
                f"The data set would be written to {out}, and the source is {source}: neither may "
                "lie in the other; name another folder with --out."
            )


def _collect(source: Source, images: Path, audit: Audit) -> tuple[list[Entry], set[str]]:
    """Read the images one by one and lay the usable ones into ``images``.

    Returns:
        The usable images, and the paths below the source of those passed over.

    Raises:
        InputError: none is usable.
    """
    entries: list[Entry] = []
    skipped: set[str] = set()
    images.mkdir()
    bar = tqdm(source.images, "prepare", source.number, unit=" images", leave=False, disable=None)
    for item in bar:
        entry = _entry(item, source.classes, audit)
        if entry is None:
            skipped.add(item.file)
        else:
            _place(item.content, images / item.name)
            entries.append(entry)
    if not entries:
        reasons = ", ".join(f"{number} {kind}" for kind, number in audit.counts().items())
        raise InputError(f"There is no usable image in the source ({reasons or 'it holds none'}).")
    return entries, skipped


def _entry(item: SourceImage, classes: tuple[str, ...], audit: Audit) -> Entry | None:
    """What is known of one image, or ``None`` where it is passed over."""
    try:
        content = item.content if isinstance(item.content, bytes) else read_file(item.content)
        height, width, _ = decode_image(content, Path(item.file)).shape
    except InputError as error:
        audit.add("unreadable-image", item.file, str(error), "image skipped")
        return None
    try:
        labels = list(item.labels(height, width))
    except RejectedImageError as error:
        audit.add(error.kind, item.file, error.detail, "image skipped")
        return None
    defects = []
    for name, shape in sorted(labels, key=lambda label: classes.index(label[0])):
        found = [boxed(shape)] if isinstance(shape, tuple) else components(shape)
        area = sum(instance.area for instance in found)
        if 0 < area <= _TINY:
            audit.add("tiny-mask", item.file, f"{name} covers {area:g} px in all", "kept")
        defects += [(name, instance) for instance in found]
    digest = hashlib.sha256(content).hexdigest()
    return Entry(item.name, item.file, height, width, digest, tuple(defects))


def _place(content: Path | bytes, target: Path) -> None:
    """Lay an image into the data set: hard-linked where the disk can, else copied."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        target.write_bytes(content)
        return
    try:
        os.link(content.resolve(), target)  # resolved, or a link to the link would be made
    except OSError:
        shutil.copyfile(content, target)


def _classes(source: Source, entries: list[Entry], audit: Audit) -> list[str]:
    """The classes of the data set, in order.

    Raises:
        InputError: no image holds a defect.
    """
    seen = frozenset[str]().union(*(entry.classes for entry in entries))
    if not seen:
        raise InputError(
            f"None of the {len(entries)} images holds a defect: there is nothing to learn. "
            "Check that the labels belong to these images."
        )
    if source.unseen:
        return list(source.classes)
    for name in source.classes:
        if name not in seen:
            audit.add("class-without-defect", "", f"no usable image shows {name}", "class left out")
    return [name for name in source.classes if name in seen]


def _warnings(counts: dict[str, dict[str, Any]], audit: Audit) -> list[str]:
    """What a user should know before training; noted in the audit, too."""
    warnings = []
    if not any(split["good"] for split in counts.values()):
        warnings.append(
            "No image is of a good part: false alarms can be neither unlearned nor measured."
        )
        audit.add("no-good-image", "", warnings[-1], "went on")
    total = sum(split["images"] for split in counts.values())
    for split, found in counts.items():
        missing = [name for name, number in found["classes"].items() if not number]
        if missing and 0 < found["images"] < total:
            warnings.append(f"No image in {split} shows {', '.join(missing)}.")
            audit.add("class-missing-in-split", "", warnings[-1], "went on")
    return warnings
