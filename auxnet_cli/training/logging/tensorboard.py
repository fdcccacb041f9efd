"""Logs a training to TensorBoard: every number of the history, and sample predictions."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from auxnet_cli.documents.training_result import EpochLine
from auxnet_cli.task import TASKS

if TYPE_CHECKING:
    from tensorboardX import SummaryWriter

Pictures = Callable[[], dict[str, NDArray[np.uint8]]]

MAX_WIDTH = 720
"""Pixels: TensorBoard keeps every picture of every epoch."""

LOSSES = ("loss", *(task.section for task in TASKS.values()))


class TensorBoardLogger:
    """Writes TensorBoard's event files without TensorFlow.

    A resumed training goes on in a new file. TensorBoard hides what an earlier file holds of the
    epochs that come again, so that no curve doubles back. At each validation ``pictures`` gives
    named RGB pictures, (height, width, 3), of the network as it is now.
    """

    def __init__(self, folder: Path, pictures: Pictures = dict) -> None:
        self._folder = folder
        self._pictures = pictures
        self._writer: SummaryWriter | None = None

    def add(self, line: EpochLine) -> None:
        """Logs an epoch: its numbers, and the pictures where it was validated."""
        epoch = line["epoch"]
        writer = self._writer = self._writer or self._open(epoch)
        for name, value in line.items():
            if name != "epoch" and value is not None:
                writer.add_scalar(_tag(name), value, epoch)
        if any(name.startswith("val_") for name in line):
            for name, picture in self._pictures().items():
                writer.file_writer.add_summary(_image(f"samples/{name}", picture), epoch)
        writer.flush()

    def close(self) -> None:
        """Writes what is still in memory."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _open(self, epoch: int | float | None) -> "SummaryWriter":
        from tensorboardX import SummaryWriter

        earlier = len(list(self._folder.glob("events.*"))) if self._folder.is_dir() else 0
        return SummaryWriter(
            str(self._folder),
            purge_step=epoch if earlier else None,
            flush_secs=1,
            # The time in a file's name has whole seconds; files are read in the order of names.
            filename_suffix=f".{earlier:04}",
        )


def _tag(name: str) -> str:
    """Returns a number's name in TensorBoard, which groups curves by the part before the slash."""
    if name in LOSSES:
        return f"loss/{name}"
    if name.startswith("val_"):
        return f"validation/{name.removeprefix('val_')}"
    return f"training/{name}"


def _image(name: str, picture: NDArray[np.uint8]) -> Any:
    """Returns a picture as a summary, in JPEG: tensorboardX's PNG takes five times the space."""
    from tensorboardX.proto.summary_pb2 import Summary

    height, width = picture.shape[:2]
    shown = picture[..., ::-1]
    if width > MAX_WIDTH:
        height, width = round(height * MAX_WIDTH / width), MAX_WIDTH
        shown = cv2.resize(shown, (width, height), interpolation=cv2.INTER_AREA)
    _, content = cv2.imencode(".jpg", shown, (cv2.IMWRITE_JPEG_QUALITY, 85))
    image = Summary.Image(
        height=height, width=width, colorspace=3, encoded_image_string=content.tobytes()
    )
    return Summary(value=[Summary.Value(tag=name, image=image)])
