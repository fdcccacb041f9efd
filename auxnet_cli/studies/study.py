"""A study: the arms that are compared on one data set, and the trainings that this takes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auxnet_cli.data.dataset import Dataset
from auxnet_cli.errors import InputError
from auxnet_cli.studies.arm import Arm
from auxnet_cli.studies.subset import read_groups, write_subset, write_unseen
from auxnet_cli.studies.training import Training


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
        unseen: each class in turn is left out of the training, and is told from good parts.
    """

    arms: tuple[Arm, ...]
    epochs: int = 16
    seeds: int = 3
    fractions: tuple[float, ...] = (1.0,)
    options: tuple[str, ...] = ()
    validations: int | None = None
    unseen: bool = False

    def trainings(
        self,
        data: Path,
        groups: Path | None,
        out: Path,
        results: Path,
        folds: Collection[str] = (),
    ) -> Iterator[Training]:
        """Yields all trainings, the most telling ones first: whole data, first seed.

        If the data set has folds, those named by ``folds`` are trained on. If none is named, all
        are; but a class left out is tested on all its images, which takes no folds. ``groups`` is
        the CSV file that the data set was split by, if any.

        Raises:
            InputError: there is no such fold.
        """
        group_of, roots = read_groups(groups), self._roots(data, folds)
        for fraction in self.fractions:
            for seed in range(self.seeds):
                for part, epochs in self._parts(roots, group_of, fraction, seed, out):
                    name = part.name if self.unseen else Dataset.open(part).name
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

    def _roots(self, data: Path, folds: Collection[str]) -> list[Path]:
        known = {fold.name: fold for fold in sorted(data.glob("folds/*"))}
        for name in folds:
            if name not in known:
                raise InputError(f"There is no fold '{name}' in {data}.")
        if folds:
            return [known[name] for name in folds]
        return [data] if self.unseen or not known else [*known.values()]

    def _parts(
        self,
        roots: Sequence[Path],
        groups: Mapping[str, str],
        fraction: float,
        seed: int,
        out: Path,
    ) -> Iterator[tuple[Path, int]]:
        """Yields the data sets to train on, and for how many epochs; parts are written first."""
        for fold in roots:
            dataset = Dataset.open(fold)
            if self.unseen:
                for name in dataset.classes:
                    part = out / "data" / f"{dataset.name}-without-{name}"
                    if not (part / "dataset.yaml").exists():
                        write_unseen(fold, name, groups, part)
                    yield part, self.epochs
            elif fraction < 1:
                part = out / "data" / f"{dataset.name}-{fraction:.0%}-{seed}"
                if not (part / "dataset.yaml").exists():
                    write_subset(fold, fraction, seed, groups, part)
                yield part, round(self.epochs * _train_images(fold) / _train_images(part))
            else:
                yield fold, self.epochs


def _train_images(data: Path) -> int:
    return len(Dataset.open(data).split("train"))
