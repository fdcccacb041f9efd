"""Converts somebody's annotations to the common format."""

import os
from pathlib import Path

from auxnet_cli.data.audit import Audit
from auxnet_cli.data.audit.strict import check_audit_folder, discard_audit, refuse_findings
from auxnet_cli.data.audit.survey import survey
from auxnet_cli.data.collect import collect, used_classes
from auxnet_cli.data.common_format import write_dataset
from auxnet_cli.data.images.reading import to_bytes
from auxnet_cli.data.images.traits import find_bits
from auxnet_cli.data.sources.registry import check_policy, open_source
from auxnet_cli.data.sources.source import Request, Source
from auxnet_cli.data.splitting.division import check_recipe, divide, name_groups
from auxnet_cli.data.splitting.duplicates import near_duplicates
from auxnet_cli.data.splitting.grouping_rules import GroupingRule
from auxnet_cli.data.splitting.splits import whole_split
from auxnet_cli.documents.dataset_card import DatasetHead, SplitCounts, SplitRecipe
from auxnet_cli.documents.prepared import PreparedDataset
from auxnet_cli.errors import InputError
from auxnet_cli.plain_text import plain
from auxnet_cli.reports.audit.files import write_audit
from auxnet_cli.reports.audit.pictures import Pictures
from auxnet_cli.settings import DataSettings, Settings
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.settings.presets import preset_for
from auxnet_cli.system.files import check_folder, whole_folder
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.training.fitted_settings import fit_settings, shrink
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
) -> PreparedDataset:
    """Writes a data set in the common format; the same source and seed give the same annotations.

    Args:
        kind: one of ``sources.registry.FORMATS``.
        source: the folder to read; ``severstal`` has a default, ``synthetic`` takes none.
        out: the folder to write, ``data/<name>`` by default. A data set that is there is replaced.
        val: fraction of the images for validation, 0-1; by default the setting of the kind's
            preset, or 0 if ``test`` is 1.
        test: fraction of the images for testing, 0-1, with the same defaults. With 1 every image
            goes there, whatever split the source gives, and every class of the source is kept.
        seed: of the split, and of a synthetic set.
        group_by: CSV ``file,group``, ``folder``, or a regular expression on the path below the
            source; the images of a group stay in one split.
        folds: number of cross-validation folds to write to ``folds/<number>``; 0 for none.
        resplit: ignore the split that the source gives, and make a new one.
        annotations: the layout of a TekErreka set's labels: ``labelme``, ``coco``, ``voc``,
            ``masks``, or ``auto`` to detect it.
        unlabelled: how to treat images without annotations: ``skip`` them, take them as ``good``
            parts, or refuse the source (``error``).
        strict: refuse a source with findings, other than those of ``strict.INFORMATIVE``.
        look: what a synthetic set shows.
        images: number of images of a synthetic set.

    Raises:
        InputError: the source or an argument is wrong, there is no usable image or no defect, or
            ``out`` holds something else.
        FindingsError: ``strict``, and there are findings; the audit is kept in ``<out>-audit``.
        OSError: the disk refuses.
    """
    if seed < 0:
        raise InputError(f"seed is {seed}, but must not be negative.")
    source, audit = as_path(source), Audit()
    _check_choices(kind, annotations, unlabelled)
    request = Request(source, annotations, unlabelled, look, images, seed)
    opened = open_source(kind, request, audit)
    settings = load_settings(preset_for(kind))
    val, test = _fractions(val, test, settings.data)
    rule_text = os.fspath(group_by) if group_by else None
    recipe = SplitRecipe(val=val, test=test, seed=seed, group_by=rule_text)
    if folds:
        recipe = recipe.model_copy(update={"folds": folds})
    rule = check_recipe(recipe)
    out = as_path(out) or DATA / _default_name(kind, source, look)
    _check_target(out, opened.root)
    if strict:
        check_audit_folder(out)
    with whole_folder(out) as folder:
        prepared = _write(folder, out, opened, kind, recipe, rule, resplit, settings, audit)
        if strict:
            settled = {"image-without-annotation"} if unlabelled == "good" else set()
            refuse_findings(audit, folder, out, settled)
    if strict:
        discard_audit(out)
    return prepared


def _write(
    folder: Path,
    out: Path,
    source: Source,
    kind: str,
    recipe: SplitRecipe,
    rule: GroupingRule | None,
    resplit: bool,
    settings: Settings,
    audit: Audit,
) -> PreparedDataset:
    """Writes the data set into the temporary ``folder``, which becomes ``out``."""
    entries, skipped = collect(source, folder / "images", audit)
    # A set that goes to one split is there to evaluate networks that know all classes.
    all_classes = source.keeps_unseen or whole_split(recipe.val, recipe.test) is not None
    classes = used_classes(source.classes, entries, all_classes, audit)
    bits = find_bits([entry.highest for entry in entries], [entry.file for entry in entries], audit)
    sizes = [(entry.height, entry.width) for entry in entries]
    settings = fit_settings(settings, sizes)
    pictures = [to_bytes(entry.thumbnail, bits or 16) for entry in entries]
    alike = near_duplicates(pictures)
    division = divide(entries, classes, skipped, recipe, rule, audit, alike, resplit)
    entries = name_groups(entries, division.groups)
    exclusive = all(len(entry.classes) < 2 for entry in entries)
    head = DatasetHead(
        name=plain(out.resolve().name),
        kind=kind,
        classes=classes,
        label_kind=(source.label_kind or "exclusive") if exclusive else "multi-label",
        **({"bits": bits} if bits else {}),
    )
    record = _recorded(recipe, division.given)
    card = write_dataset(folder, entries, division.splits, head, record)
    for number, splits in enumerate(division.folds, start=1):
        fold_head = head.model_copy(update={"name": f"{head.name}-fold-{number}"})
        fold_record = record.model_copy(update={"fold": number})
        fold = folder / "folds" / str(number)
        write_dataset(fold, entries, splits, fold_head, fold_record, "../../images")
    warnings = _warnings(card.counts, audit) + division.warnings
    surveyed = survey(entries, pictures, alike, card, preset_for(kind), settings, audit)
    names = {entry.file: entry.name for entry in entries}
    page_pictures = Pictures(folder / "images", names, source.root, bits)
    write_audit(folder, card.name, surveyed, settings, page_pictures)
    return PreparedDataset(
        **card.document(),
        out=str(out),
        audit=audit.counts(),
        findings=audit.examples(),
        warnings=warnings,
        coverage=surveyed.document.coverage,
        shrink=round(shrink(settings.data.size, sizes), 2),
        tile=settings.tile.size,
    )


def _recorded(recipe: SplitRecipe, given: list[str]) -> SplitRecipe:
    """Returns a recipe as ``dataset.yaml`` records it: without the folders above a group file."""
    if given:
        recipe = recipe.model_copy(update={"given": given})
    if recipe.group_by and recipe.group_by.lower().endswith(".csv"):
        recipe = recipe.model_copy(update={"group_by": Path(recipe.group_by).name})
    return recipe


def _fractions(val: float | None, test: float | None, default: DataSettings) -> tuple[float, float]:
    """Returns the fractions for validation and testing; where one is all, the other is none."""
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
            f"`annotations` is for tekerreka: leave it out, since {kind} says what to read."
        )
    check_policy(kind, unlabelled)


def _check_target(out: Path, source: Path | None) -> None:
    """Refuses to replace anything but a data set, or to write into the source."""
    check_folder(out)
    if out.is_dir() and any(out.iterdir()) and not (out / "dataset.yaml").is_file():
        raise InputError(
            f"{out} holds something that is no data set: name another folder with `out`."
        )
    if source is not None:
        inner, outer = source.resolve(), out.resolve()
        if inner.is_relative_to(outer) or outer.is_relative_to(inner):
            raise InputError(
                f"The data set would be written to {out}, and the source is {source}: neither may "
                "lie in the other; name another folder with `out`."
            )


def _warnings(counts: dict[str, SplitCounts], audit: Audit) -> list[str]:
    """Returns sentences about what affects training, and adds them to the audit."""
    warnings = []
    if not any(split.good for split in counts.values()):
        warning = "No image is of a good part: false alarms can be neither unlearned nor measured."
        warnings.append(audit.warn("no-good-image", warning))
    total = sum(split.images for split in counts.values())
    for name, split in counts.items():
        missing = [label for label, number in split.classes.items() if not number]
        if missing and 0 < split.images < total:
            warning = f"No image in {name} shows {', '.join(missing)}."
            warnings.append(audit.warn("class-missing-in-split", warning))
    return warnings
