"""A study: the arms that are compared on one data set, and the trainings that this takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.studies.subset import read_groups, write_subset
from auxnet_cli.studies.training import Arm, Training


@dataclass(frozen=True)
class Study:
    """Arms that are compared on one data set, each from several seeds with as many steps.

    Attributes:
        arms: the others are compared with the first.
        epochs: of the whole training split; on a part of it the epochs grow, so that the number of
            steps stays the same.
        seeds: how many seeds each arm is trained from.
        fractions: parts of the training images, 0-1.
        options: options of ``auxnet train`` and ``auxnet pretrain`` that all arms share.
        validations: number of validations in a training; one after each epoch if not given.
    """

    arms: tuple[Arm, ...]
    epochs: int = 16
    seeds: int = 3
    fractions: tuple[float, ...] = (1.0,)
    options: tuple[str, ...] = ()
    validations: int | None = None

    def trainings(
        self, data: Path, groups: Path | None, out: Path, results: Path
    ) -> Iterator[Training]:
        """Yields all trainings, the most telling ones first: whole data, first seed.

        If the data set has folds, all are trained on. ``groups`` is the CSV file that it was split
        by, if any.
        """
        group_of = read_groups(groups)
        for fraction in self.fractions:
            for seed in range(self.seeds):
                for fold in sorted(data.glob("folds/*")) or [data]:
                    name, epochs, part = Dataset.open(fold).name, self.epochs, fold
                    if fraction < 1:
                        part = out / "data" / f"{name}-{fraction:.0%}-{seed}"
                        if not (part / "dataset.yaml").exists():
                            write_subset(fold, fraction, seed, group_of, part)
                        epochs = round(epochs * _train_images(fold) / _train_images(part))
                    for arm in self.arms:
                        yield Training(
                            arm=arm,
                            data=part,
                            groups=groups,
                            fraction=fraction,
                            seed=seed,
                            epochs=epochs,
                            validations=self.validations or self.epochs,
                            options=self.options,
                            out=out / name / f"{fraction:.0%}",
                            results=results / name / f"{fraction:.0%}",
                        )


def _train_images(data: Path) -> int:
    return len(Dataset.open(data).split("train"))
