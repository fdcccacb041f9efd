"""Describes what ``train``, ``pretrain`` and ``lr`` return."""

from auxnet_cli.documents.base import Document, PathText
from auxnet_cli.documents.dataset_card import ProceduralSet

EpochLine = dict[str, int | float | None]
"""A line of ``history.jsonl``: ``epoch``, ``loss`` and each head's loss, ``learning_rate``,
``images_per_s``, ``waited`` (0-1), the ``val_*`` scores where the epoch was validated, and
``seconds``. ``None`` stands for a score that the validation split cannot give."""


class TrainingResult(Document):
    """What ``auxnet train`` returns; ``run`` and ``data`` are folders.

    Attributes:
        best_epoch: the epoch whose model was kept.
        best: its validation score; with ``training.monitor=loss``, and without a validation
            split, the negative loss.
        history: a line an epoch.
        unreadable: images that were passed over, with the reason.
        seconds: that the call took.
    """

    run: PathText
    data: PathText
    epochs: int
    best_epoch: int | None
    best: float | None
    history: list[EpochLine]
    unreadable: dict[PathText, PathText]
    warnings: list[str]
    seconds: float


class PretrainingResult(TrainingResult):
    """What ``auxnet pretrain`` returns.

    Attributes:
        photos: folder of the data set whose images were drawn on.
        grown: the drawn set.
    """

    photos: PathText
    grown: ProceduralSet


class RangeTest(Document):
    """``range_test.json``: the learning rate of each step, and its loss, smoothed.

    ``peak`` is the learning rate to train with.
    """

    peak: float
    rates: list[float]
    losses: list[float]


class LearningRate(RangeTest):
    """What ``auxnet lr`` returns: the range test, and the folder that it was written to."""

    out: PathText
