"""Somebody's annotations → the common format."""

import os
from pathlib import Path
from typing import Any

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.audit.strict import (
    check_audit_folder,
    discard_audit,
    few_findings,
    refuse_findings,
)
from auxnet_cli.data.audit.survey import survey
from auxnet_cli.data.collect import collect
from auxnet_cli.data.common_format import Entry, write_dataset
from auxnet_cli.data.images.reading import to_bytes
from auxnet_cli.data.images.traits import find_bits
from auxnet_cli.data.sources.registry import check_policy, open_source
from auxnet_cli.data.sources.source import Request, Source
from auxnet_cli.data.splitting.division import Recipe, divide, name_groups
from auxnet_cli.data.splitting.duplicates import near_duplicates
from auxnet_cli.data.splitting.grouping_rules import PartOf
from auxnet_cli.documents.dataset_card import MAX_CLASSES, MAX_NAME
from auxnet_cli.errors import InputError
from auxnet_cli.plain_text import plain
from auxnet_cli.reports.audit.files import write_audit
from auxnet_cli.reports.audit.pictures import Pictures
from auxnet_cli.settings import DataSettings, Settings
from auxnet_cli.settings.loader import load_settings, preset_for
from auxnet_cli.system.files import check_folder, whole_folder
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.workspace import DATA


def prepare(
    kind: str,
    source: StrPath | None = None,
    *,
    out: StrPath | None = None,
    val: float | None = None,
    test: float | None = None,
    seed: int = 0,
    group_by: StrPath | None = None,
    folds: int = 0,
    resplit: bool = False,
    annotations: str = "auto",
    unlabelled: str = "skip",
    strict: bool = False,
    look: str = "strip",
    images: int = 300,
) -> dict[str, Any]:
    """Write a data set in the common format; the same source and seed give the same annotations.

    Args:
        kind: one of ``sources.registry.FORMATS``.
        source: the folder to read; ``severstal`` has a default, ``synthetic`` takes none.
        out: the folder to write, ``data/<name>`` by default. A data set that is there is replaced.
        val: part of the images for validation, 0-1; by default the setting of the kind's preset, or
            0 where ``test`` is 1.
        test: part of the images for testing, likewise. With 1 every image goes there, whatever
            split the source gives, and every class that the source names is kept.
        seed: of the split, and of a synthetic set.
        group_by: CSV ``file,group``, ``folder``, or a regular expression on the path below the
            source; the images of a group stay in one split.
        folds: how many folds for cross-validation to write besides, in ``folds/<number>``; 0: none.
        resplit: pass over the split that the source gives, and make one.
        annotations: the layout of a TekErreka set's labels: ``labelme``, ``coco``, ``voc`` or
            ``masks``; ``auto`` looks for it.
        unlabelled: what becomes of images that no annotation speaks of: ``skip`` passes over them,
            ``good`` takes them as good parts, ``error`` refuses the source.
        strict: refuse a source with findings, other than those of ``strict.INFORMATIVE``.
        look: what a synthetic set shows.
        images: how many images a synthetic set has.

    Returns:
        The content of ``dataset.yaml``, with ``out``, ``audit`` (findings by kind), ``findings`` (a
        few of each kind), ``warnings`` and ``coverage`` (what the preset's anchors match).

    Raises:
        InputError: the source or an argument is wrong, there is no usable image or no defect, or
            ``out`` holds something else.
        FindingsError: ``strict``, and there are findings; the audit lies in ``<out>-audit``.
        OSError: the disk refuses.
    """
    if seed < 0:
        raise InputError(f"seed is {seed}, but must not be negative.")
    source, audit = as_path(source), Audit()
    _check_choices(kind, annotations, unlabelled)
    request = Request(source, annotations, unlabelled, look, images, seed)
    opened = open_source(kind, request, audit)
    settings = load_settings(preset_for(kind))
    val, test = _parts(val, test, settings.data)
    rule_of = os.fspath(group_by) if group_by else None
    recipe = Recipe(val, test, seed, rule_of, folds, resplit)
    rule = recipe.rule()
    out = as_path(out) or DATA / _default_name(kind, source, look)
    _check_target(out, opened.root)
    if strict:
        check_audit_folder(out)
    with whole_folder(out) as folder:
        document, found = _write(folder, out, opened, kind, recipe, rule, settings, audit)
        if strict:
            settled = {"image-without-annotation"} if unlabelled == "good" else set()
            refuse_findings(audit, folder, out, settled)
    if strict:
        discard_audit(out)
    return document | {
        "out": str(out),
        "audit": audit.counts(),
        "findings": few_findings(audit),
        **found,
    }


def _write(
    folder: Path,
    out: Path,
    source: Source,
    kind: str,
    recipe: Recipe,
    rule: PartOf | None,
    settings: Settings,
    audit: Audit,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the data set into ``folder``, which becomes ``out``.

    Returns:
        The content of ``dataset.yaml``; and ``warnings`` and ``coverage``.
    """
    entries, skipped = collect(source, folder / "images", audit)
    classes = _classes(source, entries, recipe, audit)
    bits = find_bits([entry.highest for entry in entries], [entry.file for entry in entries], audit)
    pictures = [to_bytes(entry.thumbnail, bits or 16) for entry in entries]
    alike = near_duplicates(pictures)
    division = divide(entries, classes, skipped, recipe, rule, audit, alike)
    entries = name_groups(entries, division.groups)
    exclusive = all(len(entry.classes) < 2 for entry in entries)
    head = {
        "name": plain(out.resolve().name),
        "kind": kind,
        "classes": classes,
        "label_kind": (source.label_kind or "exclusive") if exclusive else "multi-label",
    } | ({"bits": bits} if bits else {})
    how = recipe.document(division.given)
    document = write_dataset(folder, entries, division.splits, head, how)
    for number, splits in enumerate(division.folds, start=1):
        own = folder / "folds" / str(number)
        named = head | {"name": f"{head['name']}-fold-{number}"}
        write_dataset(own, entries, splits, named, how | {"fold": number}, "../../images")
    warnings = _warnings(document["counts"], audit) + division.warnings
    found = survey(entries, pictures, alike, document, preset_for(kind), settings, audit)
    names = {entry.file: entry.name for entry in entries}
    shown = Pictures(folder / "images", names, source.root, bits)
    write_audit(folder, document["name"], audit, found, settings, shown)
    return document, {"warnings": warnings, "coverage": found.document["coverage"]}


def _parts(val: float | None, test: float | None, default: DataSettings) -> tuple[float, float]:
    """The parts for validation and testing; where one is given as all, the other is nothing."""
    return (
        (0 if test == 1 else default.val) if val is None else val,
        (0 if val == 1 else default.test) if test is None else test,
    )


def _default_name(kind: str, source: Path | None, look: str) -> str:
    if kind == "synthetic":
        return f"synthetic-{look}"
    if kind == "severstal" or source is None:
        return kind
    return source.stem if source.is_file() else source.resolve().name


def _check_choices(kind: str, annotations: str, unlabelled: str) -> None:
    if kind != "tekerreka" and annotations != "auto":
        raise InputError(
            f"--annotations is for tekerreka: leave it out, since {kind} says what to read."
        )
    check_policy(kind, unlabelled)


def _check_target(out: Path, source: Path | None) -> None:
    """Refuse to replace anything but a data set, or to mix what is read with what is written."""
    check_folder(out)
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


def _classes(source: Source, entries: list[Entry], recipe: Recipe, audit: Audit) -> list[str]:
    """The classes of the data set, in order.

    Those that no image shows are left out, unless nothing is to be learned: a network that knows
    them is to be evaluated on the set.

    Raises:
        InputError: no image holds a defect, there are too many classes, or one has too long a name.
    """
    seen = frozenset[str]().union(*(entry.classes for entry in entries))
    if not seen:
        raise InputError(
            f"None of the {len(entries)} images holds a defect: there is nothing to learn. "
            "Check that the labels belong to these images."
        )
    unseen = source.keeps_unseen or recipe.whole
    classes = [name for name in source.classes if unseen or name in seen]
    if len(classes) > MAX_CLASSES:
        raise InputError(
            f"The source has {len(classes):,} classes, more than the {MAX_CLASSES:,} that a data "
            "set may have: check what its categories are, and join them."
        )
    unfit = next((name for name in classes if len(name) > MAX_NAME or not name.isprintable()), None)
    if unfit is not None:
        raise InputError(
            f"The class {unfit[:40]!a} has a name of {len(unfit):,} characters, but it must have "
            f"{MAX_NAME} at most, all of which can be printed: rename it in the source."
        )
    for name in source.classes:
        if name not in classes:
            audit.add("class-without-defect", "", f"no usable image shows {name}", "class left out")
    return classes


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
