"""Pretrains a network on procedural defects, which are drawn on photos of good parts."""

from collections.abc import Sequence
from pathlib import Path

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.documents.training_result import PretrainingResult
from auxnet_cli.jobs.train import train
from auxnet_cli.settings.loader import load_settings
from auxnet_cli.settings.presets import preset_for
from auxnet_cli.system.files import check_folder
from auxnet_cli.system.paths import StrPath, as_path
from auxnet_cli.training.fitted_settings import fit_settings
from auxnet_cli.training.procedural_set import write_procedural_set
from auxnet_cli.workspace import find_dataset


def pretrain(
    tasks: Sequence[str] | None = None,
    data: StrPath | None = None,
    images: int | None = None,
    preset: str | None = None,
    config: StrPath | None = None,
    overrides: Sequence[str] = (),
    out: StrPath | None = None,
) -> PretrainingResult:
    """Draws procedural defects on the photos of a data set, and trains on the result.

    The settings are those of a training on the data set itself, so that the two networks fit.
    Exceptions are the epochs, which are ``pretraining.epochs``, frozen epochs, which belong to the
    training that follows, and balanced sampling and tiles, since the drawn images are balanced and
    are tiles already.

    The arguments are those of :func:`auxnet_cli.jobs.train.train`; ``images`` says how many images
    to draw, ``pretraining.images`` if not given.

    Raises:
        InputError: wrong settings, no data, or weights that cannot be had.
        AuxnetError: the training failed, or no photo can be read.
        KeyboardInterrupt: Ctrl-C; what was learned has been saved.
    """
    data, config, out = as_path(data), as_path(config), as_path(out)
    check_folder(out)
    dataset = Dataset.open(find_dataset(data))
    preset = preset or preset_for(dataset.kind)
    if images is not None:
        overrides = [*overrides, f"pretraining.images={images}"]
    records = dataset.split("train")
    sizes = [(record.height, record.width) for record in records]
    settings = fit_settings(load_settings(preset, config, overrides), sizes)
    grown = write_procedural_set(dataset, settings, preset)
    overrides = [
        *overrides,
        f"training.epochs={settings.pretraining.epochs}",
        "training.frozen_epochs=0",
        "training.sampling=natural",
        "tile.size=null",
    ]
    trained = train(tasks, Path(grown.out), preset, config, overrides, out)
    return PretrainingResult(**dict(trained), photos=str(dataset.root), grown=grown)
