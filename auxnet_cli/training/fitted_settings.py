"""Fits to the data set what nobody has set: views, the training's length, and what is kept."""

from collections.abc import Sequence
from math import sqrt
from statistics import median

from auxnet_cli.data.dataset import Record
from auxnet_cli.settings import Settings, TileSettings

SHOWN = 15_000
"""Images that a training shows: a little more than those of ``docs/design/results.md``, 12,000 to
14,500 of sets of 600 to 800 images. Neither fewer nor many more were compared."""

FEWEST_EPOCHS, MOST_EPOCHS = 12, 100

SHRUNK = 1.1
"""How much an image must be shrunk to be cut into tiles, which keep every pixel: magnetic tiles,
shrunk 1.2 times, gain by them. Where the gain begins was not measured."""

FEWEST_VALIDATED = 50
"""Defective parts that a validation split must show to choose the network by. With 7 or 8, five
folds of magnetic tiles lose four points of Dice and five of mAP50 by the choice."""

WHOLE = 0.5
"""Part of the draws that show the whole image, where there are tiles."""

KEPT = {
    "score": "the best network on validation",
    "loss": "the network of the smallest loss",
    "last": "the last network",
}
"""The network that ``training.monitor`` keeps, in words."""


def fit_settings(
    settings: Settings, sizes: Sequence[tuple[int, int]], validated: int | None = None
) -> Settings:
    """Chooses what neither preset, file nor command line has set; the rest stays.

    - ``tile.size`` and ``tile.whole``: where the network's input shrinks the median image more than
      1.1 times, it is cut into tiles of the input's size, which keep every pixel. Half of the draws
      show the whole image, the other view.
    - ``training.epochs``: as many as show about 15,000 images, 12 to 100.
    - ``training.monitor``: the last network is kept where validation shows fewer than 50 defective
      parts, too few to choose by.

    Args:
        settings: as they were loaded.
        sizes: (height, width) of the training images, pixels.
        validated: defective parts that the validation split shows; ``None`` if that is not known.
    """
    if not sizes:
        return settings
    tile, training = settings.tile, settings.training
    if "size" not in tile.model_fields_set:
        tile = _fitted_tile(tile, shrink(settings.data.size, sizes), settings.data.size)
    if "epochs" not in training.model_fields_set:
        drawn = len(sizes) * (tile.per_image if tile.size else 1)
        epochs = min(MOST_EPOCHS, max(FEWEST_EPOCHS, round(SHOWN / drawn)))
        training = training.model_copy(update={"epochs": epochs})
    few = validated is not None and validated < FEWEST_VALIDATED
    if few and "monitor" not in training.model_fields_set:
        training = training.model_copy(update={"monitor": "last"})
    return settings.model_copy(update={"tile": tile, "training": training})


def shrink(size: tuple[int, int], sizes: Sequence[tuple[int, int]]) -> float:
    """Returns how much the median image is shrunk to ``size``, by the root of the areas."""
    return median(sqrt(height * width / (size[0] * size[1])) for height, width in sizes)


def _fitted_tile(tile: TileSettings, shrunk: float, size: tuple[int, int]) -> TileSettings:
    if shrunk <= SHRUNK:
        return tile
    chosen: dict[str, object] = {"size": size}
    if "whole" not in tile.model_fields_set:
        chosen["whole"] = WHOLE
    return tile.model_copy(update=chosen)


def choices(settings: Settings, records: Sequence[Record]) -> list[str]:
    """Says in five lines how the network will learn from the training split, and why."""
    defective = [record for record in records if record.annotations]
    parts = len({record.group for record in defective})
    model, training = settings.model, settings.training
    shrunk = shrink(settings.data.size, [(record.height, record.width) for record in records])
    goods = len(records) - len(defective)
    masked = any(record.masked_labels for record in defective)
    pasted = training.sampling == "balanced" and settings.augmentation.paste and goods and masked
    length = f"{training.minutes:g} minutes" if training.minutes else _epochs(training.epochs)
    return [
        f"{len(records)} images: {goods} good, {len(defective)} defective, of {parts} parts",
        f"encoder: {model.encoder}, weights {model.weights}{_frozen(settings)}",
        f"views: {_views(settings)}; whole images are shrunk {shrunk:.1f} times",
        f"defects: {'pasted onto good parts where a class is rare' if pasted else 'as they come'}",
        f"length: {length}; {KEPT[training.monitor]} is kept",
    ]


def _frozen(settings: Settings) -> str:
    training = settings.training
    still = f", still for {_epochs(training.frozen_epochs)}" if training.frozen_epochs else ""
    slow = f", at {training.encoder_rate:g} of the rate" if training.encoder_rate < 1 else ""
    return still + slow


def _views(settings: Settings) -> str:
    tile = settings.tile
    if tile.size is None:
        return "the whole image"
    tiles = f"tiles of {tile.size[0]} × {tile.size[1]} px"
    return f"{tiles} and the whole image" if tile.whole else tiles


def _epochs(count: int) -> str:
    return f"{count} epoch" if count == 1 else f"{count} epochs"
