"""A data set of procedural defects grown on the photographs of another one, to pretrain on.

It is written to disk in the common format, and not drawn batch by batch in the training. So there
is one training: the same order, resume, validation and scores as on real data, and the set can be
looked at, audited and converted like any other. A source that draws in the training would show
every defect once only; but a training costs what it sees, so that many images for few epochs come
to the same (4,000 of 192 × 192 are some 100 MB). The random changes of the training
(``augmentation.*``) come on top either way.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from auxnet_cli import __version__
from auxnet_cli.data.audit import Audit
from auxnet_cli.data.audit.survey import survey
from auxnet_cli.data.collect import collect
from auxnet_cli.data.common_format import write_dataset
from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.data.images.reading import to_bytes
from auxnet_cli.data.sources.source import Source
from auxnet_cli.data.synthetic.growing import CLASSES
from auxnet_cli.data.synthetic.procedural_images import grown_images, photos
from auxnet_cli.documents.dataset_card import DatasetHead
from auxnet_cli.errors import InputError
from auxnet_cli.reports.audit.files import write_audit
from auxnet_cli.reports.audit.pictures import Pictures
from auxnet_cli.settings import Settings, TileSettings
from auxnet_cli.system.files import whole_folder
from auxnet_cli.system.untrusted import read_yaml

FOLDER = "grown"
"""In the data set's own folder: there it is not taken for the newest data set, and goes with it."""


def grow_dataset(dataset: Dataset, settings: Settings, preset: str) -> dict[str, Any]:
    """Write the set ``<dataset>/grown``, or keep the one that is there if it was made just so.

    The photos of the training split carry its training images, those of the validation split its
    validation images; it has no test split.

    Args:
        dataset: whose photos are taken.
        settings: ``seed``, ``data.size``, ``tile`` and ``pretraining.images``; the audit takes the
            anchors, too.
        preset: name of the preset that ``settings`` come from.

    Returns:
        The content of ``dataset.yaml``, with ``out``, the folder.

    Raises:
        InputError: the training split has no image, or the folder holds something else.
        AuxnetError: no photo of a split can be read.
        OSError: the disk refuses.
    """
    out = dataset.root / FOLDER
    shown = photos(dataset)
    if not shown["train"]:
        raise InputError(
            f"The training split of {dataset.root} holds no image: name another data set "
            "with --data, or prepare it with a smaller --val and --test."
        )
    recipe = {
        "images": settings.pretraining.images,
        "size": list(settings.data.size),
        "tile": list(settings.tile.size) if settings.tile.size else None,
        "seed": settings.seed,
        "photos": {"of": dataset.name, "fingerprint": dataset.fingerprint},
    }
    made = _made(out)
    if (made.get("split"), made.get("tool_version")) != (recipe, __version__):
        with whole_folder(out) as folder:
            made = _write(folder, dataset, shown, recipe, settings, preset)
    return made | {"out": str(out)}


def _made(out: Path) -> dict[str, Any]:
    """What is known of the set that is there; empty where there is none, or a damaged one."""
    path = out / "dataset.yaml"
    if not path.is_file():
        if out.exists():
            raise InputError(
                f"{out} holds something that is no data set, but pretraining writes one there: "
                "move it away."
            )
        return {}
    try:
        document = read_yaml(path)
    except InputError:
        return {}
    return document if isinstance(document, dict) else {}


def _write(
    folder: Path,
    dataset: Dataset,
    shown: Mapping[str, Sequence[Record]],
    recipe: dict[str, Any],
    settings: Settings,
    preset: str,
) -> dict[str, Any]:
    """Draw the images into ``folder``, and write their truth and audit beside them."""
    audit = Audit()
    images = grown_images(dataset, shown, settings)
    source = Source(None, CLASSES, images, recipe["images"], "multi-label", keeps_unseen=True)
    entries, _ = collect(source, folder / "images", audit)
    head = DatasetHead(
        name=f"{dataset.name}-{FOLDER}",
        kind=FOLDER,
        classes=list(CLASSES),
        label_kind="multi-label",
    )
    splits = [entry.given or "train" for entry in entries]
    card = write_dataset(folder, entries, splits, head, recipe)
    # Tiles were drawn: each image is one.
    whole = settings.model_copy(update={"tile": TileSettings()})
    thumbnails = [to_bytes(entry.thumbnail, 8) for entry in entries]
    # Near-duplicates are not looked for: photos come again and again, as they are meant to.
    found = survey(entries, thumbnails, (), card, preset, whole, audit)
    pictures = Pictures(folder / "images", {entry.file: entry.name for entry in entries}, None, 8)
    write_audit(folder, card.name, found, whole, pictures)
    return card.document()
