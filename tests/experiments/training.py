"""One training of an experiment: what it learns from, how, and the commands that do it."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.data.dataset import Dataset

DRAWN_EPOCHS = 4
"""Epochs of a pretraining; how many images it draws follows from its part of the steps."""


@dataclass(frozen=True)
class Arm:
    """One way to train, which an experiment compares with others.

    Attributes:
        name: in the table.
        tasks: what the network learns.
        options: of ``auxnet train``, beside tasks, data, seed and epochs.
        drawn: part of the steps that is spent on drawn defects before, 0-1.
    """

    name: str
    tasks: str = "cls,seg,det"
    options: tuple[str, ...] = ()
    drawn: float = 0.0


@dataclass(frozen=True)
class Training:
    """An arm on a data set from a seed.

    Attributes:
        arm: the way.
        data: the data set or fold.
        fraction: of the training images.
        seed: of weights, order and augmentation.
        epochs: that the steps would make without pretraining.
        validations: how many there are in all.
        options: of ``auxnet train`` and ``auxnet pretrain``, common to all arms.
        folder: where everything of it is written.
    """

    arm: Arm
    data: Path
    fraction: float
    seed: int
    epochs: int
    validations: int
    options: tuple[str, ...]
    folder: Path

    @property
    def run_folder(self) -> Path:
        """The run."""
        return self.folder / "run"

    @property
    def done(self) -> bool:
        """Whether the run is finished."""
        return (self.folder / "done").exists()

    def run(self) -> None:
        """Train, or go on where an earlier attempt stopped; output goes to ``log``.

        Raises:
            subprocess.CalledProcessError: the training failed.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        common = [
            *("--tasks", self.arm.tasks, "--data", str(self.data)),
            *(*self.options, "--set", f"seed={self.seed}"),
        ]
        start: list[str] = []
        before = round(self.epochs * self.arm.drawn)
        if before:
            drawn, pretrained = self.folder / "drawn", self.folder / "pretrained"
            if not pretrained.exists():
                photographs = len(Dataset.open(self.data).split("train"))
                self._auxnet(
                    *("pretrain", *common, "--out", str(drawn)),
                    *("--images", str(before * photographs // DRAWN_EPOCHS)),
                    *("--set", f"pretraining.epochs={DRAWN_EPOCHS}"),
                )
                pretrained.touch()
            start = ["--from", str(drawn)]
        epochs = self.epochs - before
        self._auxnet(
            "train",
            *common,
            *self.arm.options,
            *start,
            "--set",
            f"training.epochs={epochs}",
            "--set",
            f"training.validate_every={max(1, epochs // self.validations)}",
            "--out",
            str(self.run_folder),
        )
        (self.folder / "done").touch()

    def _auxnet(self, *arguments: str) -> None:
        with (self.folder / "log").open("a") as log:
            command = [sys.executable, "-m", "auxnet_cli", *arguments]
            subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT)
