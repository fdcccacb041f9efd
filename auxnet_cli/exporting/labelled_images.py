"""Provides the labelled images that quantising needs, to calibrate on and to prove accuracy on."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from auxnet_cli.data.dataset import Dataset, Record
from auxnet_cli.data.images.resize import resize_image
from auxnet_cli.data.record_image import read_record
from auxnet_cli.data.samples.tiling import windows
from auxnet_cli.documents.model_card import ModelCard
from auxnet_cli.errors import InputError
from auxnet_cli.exporting.parity_images import balanced, dataset_of, spread
from auxnet_cli.exporting.quantisation import MOST

PROVING = "val"


@dataclass(frozen=True)
class CalibrationImages:
    """Turns images into the network's input, as batches of one image or tile each.

    There are ``most`` batches at most; of more tiles some are taken, evenly over all.
    """

    card: ModelCard
    records: tuple[Record, ...]
    most: int = MOST

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        """Yields each image or tile, (1, height, width, 3) uint8, without unreadable images.

        They are read anew each time: all of them together may not fit the memory.
        """
        places = [
            (record, window)
            for record in self.records
            for window in windows(record.height, record.width, self.card.tile)
        ]
        for record, window in spread(places, self.most):
            try:
                image = read_record(record, self.card.bits)
            except (InputError, OSError):
                continue
            yield resize_image(image[window.slices], self.card.size)[np.newaxis]


@dataclass(frozen=True)
class LabelledImages:
    """The data set of a run: its training split calibrates, its validation split proves."""

    dataset: Dataset
    calibration: CalibrationImages
    proving: tuple[Record, ...]

    @classmethod
    def find(cls, run: Path, card: ModelCard, data: Path | None = None) -> "LabelledImages":
        """Finds those of the data set that the model was trained on, or of another one.

        Raises:
            InputError: there is no data set of the model's classes, or a split lacks images.
        """
        dataset = dataset_of(run, card, data)
        if dataset is None:
            where = "data/, here or beside the run" if data is None else str(data)
            raise InputError(
                "Without labelled images int8 cannot be promised to keep its accuracy, and there "
                f"is no prepared data set of the model's classes in {where}: name one with `data`."
            )
        training, proving = dataset.filled_split("train"), dataset.filled_split(PROVING)
        if not any(record.annotations for record in proving):
            raise InputError(
                f"No image of the split '{PROVING}' of {dataset.root} shows a defect, and without "
                "one int8 cannot be promised to keep its accuracy: prepare the data set with a "
                "larger --val."
            )
        chosen = CalibrationImages(card, balanced(training, MOST))
        return cls(dataset, chosen, tuple(proving))
