"""One training of a study: what it learns from, how, and the commands that do it."""

import json
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.studies.arm import Arm
from auxnet_cli.studies.stored_result import Recipe, read_recipe

PRETRAINING_EPOCHS = 4
"""Epochs of a pretraining; the number of its images follows from its part of the steps."""

_LOCKS: defaultdict[Path, Lock] = defaultdict(Lock)
"""Held while a run is trained that several arms share."""


@dataclass(frozen=True)
class Training:
    """An arm on a data set or fold from a seed.

    Attributes:
        groups: the CSV file of groups that the data set was split by, if any.
        fraction: part of the training images, 0-1.
        epochs: epochs that the same number of steps would make without pretraining.
        validations: number of validations in the training.
        options: options of ``auxnet train`` and ``auxnet pretrain`` that all arms share.
        out: folder of the trainings on this data; ``results`` is that of the stored results.
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
        """The stored result; see :mod:`auxnet_cli.studies.stored_result`."""
        return self.results / self.arm.name / f"seed-{self.seed}.json.xz"

    @property
    def recipe(self) -> Recipe:
        """All that the result depends on, except for the program's version."""
        recipe = {
            "arm": asdict(self.arm),
            "options": self.options,
            "data": Dataset.open(self.data).fingerprint,
            "seed": self.seed,
            "epochs": self.epochs,
            "validations": self.validations,
        }
        read_back: Recipe = json.loads(json.dumps(recipe))  # tuples become lists, as in the file
        return read_back

    @property
    def done(self) -> bool:
        """Whether the result of this recipe is stored."""
        return read_recipe(self.result) == self.recipe

    def run(self) -> None:
        """Trains, or goes on where an earlier attempt stopped, and stores the result.

        The output of the commands goes to the file ``log`` in :attr:`folder`.

        Raises:
            subprocess.CalledProcessError: the training failed.
        """
        pretraining = round(self.epochs * self.arm.pretrained_part)
        epochs = self.epochs - pretraining
        start = ("--from", str(self._pretrain(pretraining))) if pretraining else ()
        run = self._run_once(
            self.folder / "run",
            *("train", *self._common),
            *("--set", f"training.epochs={epochs}"),
            *("--set", f"training.validate_every={max(1, epochs // self.validations)}"),
            *self.arm.options,
            *start,
        )
        self._python(
            *("auxnet_cli.studies.stored_result", str(run), str(self.data), str(self.result)),
            *("--recipe", json.dumps(self.recipe)),
            *(("--groups", str(self.groups)) if self.groups else ()),
        )

    def _pretrain(self, epochs: int) -> Path:
        """Makes the pretrained run that all arms of the same tasks, epochs and seed start from."""
        photographs = len(Dataset.open(self.data).split("train"))
        return self._run_once(
            self.out / f"pretrained-{epochs}" / self.arm.tasks / f"seed-{self.seed}",
            *("pretrain", *self._common),
            *("--images", str(epochs * photographs // PRETRAINING_EPOCHS)),
            *("--set", f"pretraining.epochs={PRETRAINING_EPOCHS}"),
        )

    @property
    def _common(self) -> tuple[str, ...]:
        tasks = ("--tasks", self.arm.tasks, "--data", str(self.data))
        return (*tasks, *self.options, "--set", f"seed={self.seed}")

    def _run_once(self, run: Path, *arguments: str) -> Path:
        """Runs a command of auxnet that makes a run, unless the same command has finished it."""
        finished = run.with_name(f"{run.name}.finished")
        with _LOCKS[run]:
            if not finished.exists() or json.loads(finished.read_text()) != [*arguments]:
                self._python("auxnet_cli", *arguments, "--out", str(run))
                finished.write_text(json.dumps(arguments))
        return run

    def _python(self, module: str, *arguments: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log").open("a") as log:
            command = [sys.executable, "-m", module, *arguments]
            subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT)
