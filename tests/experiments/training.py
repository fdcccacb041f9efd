"""One training of an experiment: what it learns from, how, and the commands that do it."""

import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Lock

from auxnet_cli.data.dataset import Dataset
from tests.experiments.result import Recipe, read_recipe

DRAWN_EPOCHS = 4
"""Epochs of a pretraining; how many images it draws follows from its part of the steps."""
_AT_WORK: defaultdict[Path, Lock] = defaultdict(Lock)
"""Held while a run is trained, which several arms may want."""


@dataclass(frozen=True)
class Arm:
    """One way to train, which an experiment compares with others.

    Attributes:
        name: in the table.
        tasks: what the network learns.
        options: of ``auxnet train``, beside tasks, data and seed; the last word on epochs.
        drawn: part of the steps that is spent on drawn defects before, 0-1.
        teacher: an arm whose run of the same seed is learned from, too.
    """

    name: str
    tasks: str = "cls,seg,det"
    options: tuple[str, ...] = ()
    drawn: float = 0.0
    teacher: "Arm | None" = None


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
            "arm": asdict(self.arm),
            "options": self.options,
            "data": Dataset.open(self.data).fingerprint,
            "seed": self.seed,
            "epochs": self.epochs,
            "validations": self.validations,
        }
        found: Recipe = json.loads(json.dumps(recipe))  # as it is read from a file
        return found

    @property
    def done(self) -> bool:
        """Whether the result of this recipe is there."""
        return read_recipe(self.result) == self.recipe

    def run(self) -> None:
        """Train, or go on where an earlier attempt stopped; output goes to ``log``.

        Raises:
            subprocess.CalledProcessError: the training failed.
        """
        run = self._train()
        self._python(
            *("tests.experiments.result", str(run), str(self.data), str(self.result)),
            *("--recipe", json.dumps(self.recipe)),
            *(("--groups", str(self.groups)) if self.groups else ()),
        )

    def _train(self) -> Path:
        """The run."""
        before = round(self.epochs * self.arm.drawn)
        epochs, options = self.epochs - before, list(self.arm.options)
        if self.arm.teacher:
            teacher = replace(self, arm=self.arm.teacher)._train()
            options += ["--set", f"distillation.teacher={teacher}"]
        if before:
            options += ["--from", str(self._pretrain(before))]
        return self._once(
            self.folder / "run",
            *("train", *self._common),
            *("--set", f"training.epochs={epochs}"),
            *("--set", f"training.validate_every={max(1, epochs // self.validations)}"),
            *options,
        )

    def _pretrain(self, epochs: int) -> Path:
        """The run on drawn defects that all arms of the same tasks, epochs and seed start from."""
        photographs = len(Dataset.open(self.data).split("train"))
        return self._once(
            self.out / f"drawn-{epochs}" / self.arm.tasks / f"seed-{self.seed}",
            *("pretrain", *self._common),
            *("--images", str(epochs * photographs // DRAWN_EPOCHS)),
            *("--set", f"pretraining.epochs={DRAWN_EPOCHS}"),
        )

    @property
    def _common(self) -> tuple[str, ...]:
        tasks = ("--tasks", self.arm.tasks, "--data", str(self.data))
        return (*tasks, *self.options, "--set", f"seed={self.seed}")

    def _once(self, run: Path, *arguments: str) -> Path:
        """A run of a command of auxnet, made if it is not there; several arms may want it."""
        finished = run.with_name(f"{run.name}.finished")
        with _AT_WORK[run]:
            if not finished.exists() or json.loads(finished.read_text()) != [*arguments]:
                self._python("auxnet_cli", *arguments, "--out", str(run))
                finished.write_text(json.dumps(arguments))
        return run

    def _python(self, module: str, *arguments: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("a") as log:
            command = [sys.executable, "-m", module, *arguments]
            subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT)
