"""One training of an experiment: what it learns from, how, and the commands that do it."""

import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from auxnet_cli.data.dataset import Dataset
from tests.experiments.result import Recipe, read_recipe

DRAWN_EPOCHS = 4
"""Epochs of a pretraining; how many images it draws follows from its part of the steps."""
_PRETRAINING: defaultdict[Path, Lock] = defaultdict(Lock)
"""Held while a pretraining is at work that several arms start from."""


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
        groups: the file of groups that it was split by, if any.
        fraction: of the training images.
        seed: of weights, order and augmentation.
        epochs: that the steps would make without pretraining.
        validations: how many there are in all.
        options: of ``auxnet train`` and ``auxnet pretrain``, common to all arms.
        out: folder of the trainings on this data.
        results: folder of what is kept of them.
    """

    arm: Arm
    data: Path
    groups: Path | None
    fraction: float
    seed: int
    epochs: int
    validations: int
    options: tuple[str, ...]
    out: Path
    results: Path

    @property
    def folder(self) -> Path:
        """Where the run and its log are written."""
        return self.out / self.arm.name / f"seed-{self.seed}"

    @property
    def result(self) -> Path:
        """What is kept of it; see :mod:`tests.experiments.result`."""
        return self.results / self.arm.name / f"seed-{self.seed}.json.xz"

    @property
    def recipe(self) -> Recipe:
        """All that the result depends on, but for the program's version."""
        recipe = {
            **asdict(self.arm),
            "options": [*self.options, *self.arm.options],
            "fingerprint": Dataset.open(self.data).fingerprint,
            "fraction": self.fraction,
            "seed": self.seed,
            "epochs": self.epochs,
            "validations": self.validations,
        }
        del recipe["name"]
        return recipe

    @property
    def done(self) -> bool:
        """Whether the result of this recipe is there."""
        return read_recipe(self.result) == self.recipe

    def run(self) -> None:
        """Train, or go on where an earlier attempt stopped; output goes to ``log``.

        Raises:
            subprocess.CalledProcessError: the training failed.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        before = round(self.epochs * self.arm.drawn)
        start = ["--from", str(self._pretrain(before))] if before else []
        epochs, run = self.epochs - before, self.folder / "run"
        self._python(
            *("auxnet_cli", "train", *self._common, *self.arm.options, *start),
            *("--set", f"training.epochs={epochs}"),
            *("--set", f"training.validate_every={max(1, epochs // self.validations)}"),
            *("--out", str(run)),
        )
        self._python(
            *("tests.experiments.result", str(run), str(self.data), str(self.result)),
            *("--recipe", json.dumps(self.recipe)),
            *(("--groups", str(self.groups)) if self.groups else ()),
        )

    @property
    def _common(self) -> tuple[str, ...]:
        tasks = ("--tasks", self.arm.tasks, "--data", str(self.data))
        return (*tasks, *self.options, "--set", f"seed={self.seed}")

    def _pretrain(self, epochs: int) -> Path:
        """The run on drawn defects that all arms of the same tasks, epochs and seed start from."""
        drawn = self.out / f"drawn-{epochs}" / self.arm.tasks / f"seed-{self.seed}"
        finished = drawn.with_name(f"{drawn.name}.finished")
        with _PRETRAINING[drawn]:
            if not finished.exists():
                photographs = len(Dataset.open(self.data).split("train"))
                self._python(
                    *("auxnet_cli", "pretrain", *self._common, "--out", str(drawn)),
                    *("--images", str(epochs * photographs // DRAWN_EPOCHS)),
                    *("--set", f"pretraining.epochs={DRAWN_EPOCHS}"),
                )
                finished.touch()
        return drawn

    def _python(self, module: str, *arguments: str) -> None:
        with (self.folder / "log").open("a") as log:
            command = [sys.executable, "-m", module, *arguments]
            subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT)
